"""The parameters of a GraphQL request, from a JSON body or from the query of a URL."""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl

import orjson

from resolvers.answer import Request
from schema.endpoint.refusal import bad_request

# Deeper values than these mean nothing to the schema, whose inputs are two levels deep.
DEEPEST_VALUE = 16
LONGEST_URL_QUERY = 32_768
LONGEST_ID = 200
IDS = ("documentId", "doc_id")
"""Where clients give a document's id: GraphQL over HTTP, and Relay's habit."""
HASHED = "sha256:"
_NUL_ESCAPE = re.compile(r"\\u(0000|\{0+\})")
_NUL = "The request holds the character U+0000, which no text of Candour can hold."
_TOO_DEEP = f'"variables" is nested deeper than {DEEPEST_VALUE} levels.'


def from_body(headers: Mapping[bytes, bytes], body: bytes) -> Request:
    """The request in a POST's body.

    Raises RefusalError for anything but one JSON object of the right members.
    """
    _check_content(headers)
    return _request(read_json(body, "The body"))


def from_message(payload: Any) -> Request:
    """The request in a message of a WebSocket; raises RefusalError."""
    return _request(payload)


def from_url(query_string: bytes) -> Request:
    """The request in a GET's URL; raises RefusalError."""
    if len(query_string) > LONGEST_URL_QUERY:
        raise bad_request(f"The URL's query is longer than {LONGEST_URL_QUERY} bytes: send it by POST.", 414)
    try:
        found = dict(parse_qsl(query_string.decode("ascii"), max_num_fields=20, errors="strict"))
    except ValueError:
        raise bad_request("The URL's query is not well-formed.") from None
    members: dict[str, Any] = {name: found.get(name) for name in ("query", "operationName", *IDS)}
    for name in ("variables", "extensions"):
        members[name] = read_json(found[name].encode(), f'"{name}"') if found.get(name) else None
    return _request(members)


def _check_content(headers: Mapping[bytes, bytes]) -> None:
    content = headers.get(b"content-type", b"")
    if content != b"application/json":
        media, *parameters = (part.strip() for part in content.lower().split(b";"))
        charsets = [part for part in parameters if part.startswith(b"charset=")]
        # SECURITY: forms and plain text can be sent by any other site without a preflight, JSON can't.
        if media != b"application/json" or any(c.strip(b'"') not in _UTF8 for c in charsets):
            raise bad_request("Send the request as application/json in UTF-8 (header Content-Type).", 415)
    if headers.get(b"content-encoding", b"identity") != b"identity":
        raise bad_request("Send the body without a Content-Encoding.", 415)


_UTF8 = frozenset({b"charset=utf-8", b"charset=utf8", b'charset="utf-8'})


def read_json(text: bytes, what: str) -> Any:
    """The value of a JSON text; raises RefusalError, which calls the text `what`."""
    # SECURITY: PostgreSQL can't hold U+0000 and would fail inside, so it is refused wherever it can hide.
    if b"\\u0000" in text:
        raise bad_request(_NUL)
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        if "depth" in error.msg:
            raise bad_request(f"{what} is nested too deeply.") from None
        place = f"line {error.lineno} column {error.colno}"
        raise bad_request(f"{what} is not well-formed JSON ({place}).") from None


def _request(members: Any) -> Request:
    if type(members) is not dict:
        if type(members) is list:
            raise bad_request("Batches are not supported: send one request at a time.")
        raise bad_request('The body must be a JSON object with the member "query".')
    extensions = _object(members, "extensions")
    document = _document(members, extensions)
    query = _query(members, document)
    operation_name = members.get("operationName")
    if operation_name is not None and type(operation_name) is not str:
        raise bad_request('"operationName" must be a string.')
    variables = _object(members, "variables")
    if variables and _deeper(variables, DEEPEST_VALUE):
        raise bad_request(_TOO_DEEP)
    denied = extensions.get("denied")
    if denied not in (None, "NULL"):
        raise bad_request('The extension "denied" must be "NULL" or left out.')
    costed = extensions.get("cost", False)
    if type(costed) is not bool:
        raise bad_request('The extension "cost" must be true or false.')
    return Request(query, variables, operation_name or None, denied == "NULL", document, costed)


def _query(members: dict[str, Any], document: str | None) -> str:
    """The document's text; empty where its id is enough."""
    query = members.get("query")
    if query is None and document is not None:
        return ""
    if type(query) is not str or not query:
        raise bad_request('"query" must be a string that holds a GraphQL document.')
    if "\0" in query or ("\\u" in query and _NUL_ESCAPE.search(query)):
        raise bad_request(_NUL)
    return query


def _document(members: dict[str, Any], extensions: dict[str, Any]) -> str | None:
    """The document's id, in any of the ways in which clients give it."""
    persisted = _object(extensions, "persistedQuery")
    if persisted and persisted.get("version") != 1:
        raise bad_request('The extension "persistedQuery" must have the version 1.')
    given = persisted.get("sha256Hash") or next((members[name] for name in IDS if members.get(name)), None)
    if given is not None and (type(given) is not str or len(given) > LONGEST_ID):
        raise bad_request(f"A document's id must be a string of at most {LONGEST_ID} characters.")
    return given and given.removeprefix(HASHED)


def _object(members: dict[str, Any], name: str) -> dict[str, Any]:
    value = members.get(name)
    if value is None:
        return {}
    if type(value) is not dict:
        raise bad_request(f'"{name}" must be a JSON object.')
    return value


def _deeper(value: dict[str, Any] | list[Any], levels: int) -> bool:
    """Whether a value has more than so many levels of objects and lists."""
    if not levels:
        return True
    parts: Iterable[Any] = value.values() if isinstance(value, dict) else value
    return any(_deeper(part, levels - 1) for part in parts if type(part) in _NESTED)


_NESTED = frozenset({dict, list})

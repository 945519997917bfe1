"""The page with the full privacy notice (P13), at `/privacy`: without scripts, the same for everybody."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from policies.plan import Policies
from resolvers.operator import Operator
from resolvers.privacy_notice import notice_of
from resolvers.privacy_notice.names import in_words, title
from schema.api import core
from schema.endpoint.log import Trail, fault
from schema.endpoint.page import SAFETY
from schema.endpoint.refusal import logged

OWN = Path(__file__).parent / "privacy"
PAGE = (OWN / "page.html").read_text(encoding="utf-8")
NAME = "privacy notice"
"""How the log calls these requests."""
# SECURITY: no script at all, nothing from elsewhere, and nobody frames it as their own.
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
FRESH = "public, max-age=300"
HEADERS = {**SAFETY, "Content-Security-Policy": _POLICY, "Cache-Control": FRESH}
LABELS = ("Why we hold it", "Who sees it", "Kept")
HEAD = "".join(f'<th scope="col">{label}</th>' for label in ("What", *LABELS))
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
REGULATOR = "ico.org.uk"
Field = Mapping[str, Any]


def privacy_routes(policies: Policies, operator: Operator, url: str) -> list[Route]:
    """The page of a site, and its style."""

    async def page(request: Request) -> Response:
        trail = Trail()
        trail.operation = NAME
        try:
            response = _answer(request, notice_page(policies, operator, url))
        except Exception as error:
            # SECURITY: P27: an unforeseen failure leaves as a reference only.
            fault(trail.reference, error)
            response = PlainTextResponse(logged(trail.reference), 500, headers={**HEADERS, "Cache-Control": "no-store"})
        response.headers["X-Request-Id"] = trail.reference
        trail.end(response.status_code)
        return response

    return [Route("/privacy", page, methods=["GET"]), Route("/privacy/page.css", _style, methods=["GET"])]


@lru_cache(maxsize=8)
def notice_page(policies: Policies, operator: Operator, url: str) -> str:
    """The notice as a page."""
    notice = notice_of(policies, core(), operator, url).value
    parts = {
        "version": escape(notice["version"]),
        "since": _day(notice["updatedAt"]),
        "summary": escape(notice["summary"]),
        "contents": "".join(_contents(notice["sections"])),
        "sections": "\n".join(map(_section, notice["sections"])),
        "held": "\n".join(_held(notice["fields"])),
        "history": "\n".join(map(_change, notice["changes"])),
    }
    return PAGE.format(**parts)


def _answer(request: Request, page: str) -> Response:
    tag = f'"{hashlib.sha256(page.encode()).hexdigest()[:32]}"'
    headers = {**HEADERS, "ETag": tag}
    if request.headers.get("If-None-Match") == tag:
        return Response(None, 304, headers)
    return Response(page, 200, headers, media_type="text/html")


async def _style(_: Request) -> Response:
    return FileResponse(OWN / "page.css", headers={"Cache-Control": FRESH, **SAFETY})


def _contents(sections: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield from (_link(section["key"], section["title"]) for section in sections)
    yield _link("everything", "Everything that we hold")
    yield _link("history", "What changed, and when")


def _link(key: str, text: str) -> str:
    return f'<li><a href="#{key}">{escape(text)}</a></li>'


def _section(section: Mapping[str, Any]) -> str:
    text = "".join(f"<p>{_linked(escape(paragraph))}</p>" for paragraph in section["text"])
    return f'<section id="{section["key"]}"><h2>{escape(section["title"])}</h2>{text}</section>'


def _linked(text: str) -> str:
    """Text with its e-mail addresses as links, and the regulator's site."""
    found = EMAIL.sub(r'<a href="mailto:\g<0>">\g<0></a>', text)
    return found.replace(REGULATOR, f'<a href="https://{REGULATOR}">{REGULATOR}</a>')


def _held(fields: Sequence[Field]) -> Iterator[str]:
    """A table for each type."""
    for type_name, group in groupby(fields, lambda field: field["type"]):
        rows = "".join(_row(together) for together in _alike(list(group)))
        head = f"<thead><tr>{HEAD}</tr></thead>"
        yield f"<h3>{escape(title(type_name))}</h3><table>{head}<tbody>{rows}</tbody></table>"


def _alike(fields: Sequence[Field]) -> list[list[Field]]:
    """Fields of which the same is said, together."""
    found: dict[object, list[Field]] = {}
    for field in fields:
        key = (*field["audience"], *field["purpose"], field["retention"])
        found.setdefault(key, []).append(field)
    return list(found.values())


def _row(fields: Sequence[Field]) -> str:
    first = fields[0]
    names = ", ".join(dict.fromkeys(in_words(field["type"], field["field"]) for field in fields))
    said = (_list(first["purpose"]), _list(first["audience"]), escape(first["retention"]))
    cells = "".join(f'<td data-label="{label}">{cell}</td>' for label, cell in zip(LABELS, said, strict=True))
    return f'<tr><th scope="row">{escape(names[:1].upper() + names[1:])}</th>{cells}</tr>'


def _list(texts: Sequence[str]) -> str:
    if len(texts) == 1:
        return escape(texts[0])
    return f"<ul>{''.join(f'<li>{escape(text)}</li>' for text in texts)}</ul>"


def _change(change: Mapping[str, Any]) -> str:
    what = "".join(f"<dd>{escape(line)}</dd>" for line in change["what"])
    return f"<dt>Version {escape(change['version'])}, {_day(change['at'])}</dt>{what}"


def _day(moment: str) -> str:
    day = datetime.fromisoformat(moment)
    return f"{day.day} {day:%B %Y}"

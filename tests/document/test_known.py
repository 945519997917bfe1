"""Documents by their ids: who may run which, what is registered, and how much of it."""

import hashlib
from uuid import uuid4

import pytest

from models.account import PlatformRole
from policies.viewer import Anonymous, Member, Viewer
from resolvers.answer import Request
from resolvers.document import Charge, Refused
from schema.endpoint.document import LONGEST, REGISTERED_BYTES, Known

TRUSTED, ANOTHER, WRONG = "query Home { tags { totalCount } }", "{ __typename }", "{ nothing"
VISITOR, MEMBER, ADMIN = Anonymous(), Member(uuid4()), Member(uuid4(), roles=frozenset({PlatformRole.ADMIN}))


def _valid(text: str, _name: str | None, charge: Charge) -> None:
    charge(len(text))
    if text.startswith(WRONG):
        raise Refused([])


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _known(*, only: bool = False) -> Known:
    return Known(_valid, {"home": TRUSTED}, only)


def _resolved(known: Known, viewer: Viewer, query: str = "", document: str | None = None) -> str:
    found = known.resolve(Request(query, {"a": 1}, "Home", document=document), viewer)
    assert (found.variables, found.operation_name, found.document) == ({"a": 1}, "Home", None)
    return found.query


def _refusal(known: Known, viewer: Viewer, query: str = "", document: str | None = None) -> tuple[str, str]:
    with pytest.raises(Refused) as refused:
        _resolved(known, viewer, query, document)
    (error,) = refused.value.errors
    return (error.extensions or {})["code"], error.message


@pytest.mark.parametrize("query", [ANOTHER, WRONG, TRUSTED + " ", f"{TRUSTED} {ANOTHER}", TRUSTED.lower()])
def test_visitors_may_run_nothing_but_what_is_trusted(query: str) -> None:
    known = _known(only=True)
    assert _refusal(known, VISITOR, query)[0] == "FORBIDDEN"
    assert _refusal(known, VISITOR, query, _hash(query))[0] == "FORBIDDEN"
    assert _refusal(known, VISITOR, query, "home")[0] == "BAD_USER_INPUT"


def test_visitors_may_not_run_what_others_registered() -> None:
    known = _known(only=True)
    assert _resolved(known, MEMBER, ANOTHER, _hash(ANOTHER)) == ANOTHER
    assert _refusal(known, VISITOR, "", _hash(ANOTHER))[0] == "FORBIDDEN"
    assert _resolved(known, MEMBER, "", _hash(ANOTHER)) == ANOTHER


@pytest.mark.parametrize("only", [False, True])
@pytest.mark.parametrize("viewer", [VISITOR, MEMBER, ADMIN], ids=lambda viewer: str(viewer.kind))
def test_everybody_runs_trusted_documents_by_id_or_text(viewer: Viewer, only: bool) -> None:
    known = _known(only=only)
    assert _resolved(known, viewer, "", "home") == TRUSTED
    assert _resolved(known, viewer, TRUSTED) == TRUSTED
    assert _resolved(known, viewer, TRUSTED, "home") == TRUSTED


@pytest.mark.parametrize("only", [False, True])
def test_members_run_what_they_like(only: bool) -> None:
    assert _resolved(_known(only=only), MEMBER, ANOTHER) == ANOTHER


@pytest.mark.parametrize("document", ["nothing", "home ", "HOME", _hash(ANOTHER)])
def test_an_unknown_id_is_told_as_clients_expect_it(document: str) -> None:
    assert _refusal(_known(), VISITOR, "", document) == ("NOT_FOUND", "PersistedQueryNotFound")


@pytest.mark.parametrize("document", ["home", "x", _hash(TRUSTED), _hash(ANOTHER).upper(), _hash(ANOTHER)[:-1]])
def test_nobody_puts_a_text_under_another_id(document: str) -> None:
    known = _known()
    assert _refusal(known, VISITOR, ANOTHER, document)[0] == "BAD_USER_INPUT"
    if document != "home":
        assert _refusal(known, VISITOR, "", document)[0] == "NOT_FOUND"


def test_only_what_could_run_is_registered() -> None:
    known = _known()
    with pytest.raises(Refused):
        _resolved(known, VISITOR, WRONG, _hash(WRONG))
    assert _refusal(known, VISITOR, "", _hash(WRONG))[0] == "NOT_FOUND"


def test_what_is_registered_is_known_by_its_hash_from_then_on() -> None:
    known = _known()
    assert _refusal(known, VISITOR, "", _hash(ANOTHER))[0] == "NOT_FOUND"
    assert _resolved(known, VISITOR, ANOTHER, _hash(ANOTHER)) == ANOTHER
    assert _resolved(known, VISITOR, "", _hash(ANOTHER)) == ANOTHER


def test_without_an_id_nothing_is_registered() -> None:
    known = _known()
    assert _resolved(known, VISITOR, ANOTHER) == ANOTHER
    assert _refusal(known, VISITOR, "", _hash(ANOTHER))[0] == "NOT_FOUND"


def test_a_flood_of_documents_takes_no_more_than_its_share() -> None:
    known = _known()
    texts = [f"{{ a{number} }} # {'é' * 4_000}" for number in range(600)]
    for text in texts:
        assert _resolved(known, VISITOR, text, _hash(text)) == text
    assert known._registered.weight <= REGISTERED_BYTES
    assert _resolved(known, VISITOR, "", _hash(texts[-1])) == texts[-1]
    assert _refusal(known, VISITOR, "", _hash(texts[0]))[0] == "NOT_FOUND"


def test_a_very_long_document_is_run_and_not_registered() -> None:
    known, text = _known(), "{ a }" + " " * LONGEST
    assert _resolved(known, VISITOR, text, _hash(text)) == text
    assert _refusal(known, VISITOR, "", _hash(text))[0] == "NOT_FOUND"

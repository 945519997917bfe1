"""What every mutation is tried with: what is somebody else's, what never was, and nonsense of the right type."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLInputType,
    get_nullable_type,
    is_enum_type,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
)

from schema.api import core
from tests.leaks.facts import Facts
from tests.leaks.sight import SIGHT, Person

Variables = dict[str, Any]
NOBODY = "00000000-0000-4000-8000-000000000001"
NONSENSE = "Passwort-47-zyxw"
WRONG = "not the password 47"
GOOD = "Correct horse 47 battery"
CODE = "123456"


@dataclass(frozen=True, slots=True)
class Other:
    """Somebody else, as far as a stranger could know of them."""

    email: str
    stories: tuple[str, ...]
    """Theirs that this viewer may not see."""
    responses: tuple[str, ...]
    """Others' that this viewer may not see."""
    complaint: str
    disclosure: str
    session: str
    alert: str
    token: str
    """Of a copy of their data."""


def other_than(facts: Facts, person: Person, place: int) -> Other:
    """The author of the demo world, or the member where it is the author who asks; the email is another one's each time."""
    other = facts.people["author" if person != facts.people["author"] else "member"]
    emails = sorted(c.value for c in facts.canaries if c.field == "Account.email" and "@people." in c.value)
    # That a story was withdrawn is public.
    there = [row for row in facts.of("Story") if row.status != "WITHDRAWN"]
    hidden = [row.identity for row in there if not SIGHT["Story"](person, row)]
    token = next(c.value for c in facts.canaries if c.field == "DataExport.url" and c.row.owner == other.account)
    return Other(
        emails[place],
        (*hidden[:1], *hidden[-1:]),
        tuple(row.identity for row in facts.of("Response") if not SIGHT["Response"](person, row))[:2],
        facts.some("Complaint", owner=other.account).identity,
        facts.of("Disclosure")[0].identity,
        facts.some("Session", owner=other.account).identity,
        facts.some("Alert", owner=other.account).identity,
        token,
    )


Tries = Callable[[Other], list[tuple[Variables, Variables | None]]]
MISSING = "Story:999999"


def _stories(other: Other) -> list[tuple[Variables, Variables | None]]:
    return [({"storyId": story}, {"storyId": "Story:999999"}) for story in other.stories]


def _decided(**more: Any) -> Tries:
    """A moderator's step with a story that this viewer may not see."""
    return lambda other: [({"storyId": story, **more}, {"storyId": MISSING, **more}) for story in other.stories]


def _published(other: Other) -> list[tuple[Variables, Variables | None]]:
    return [({"input": {"storyId": story}}, {"input": {"storyId": MISSING}}) for story in other.stories]


def _responses(**more: Any) -> Tries:
    """What is done with a response that this viewer may not see, if there is any."""
    return lambda other: [
        ({"responseId": response, **more}, {"responseId": "Response:999999", **more}) for response in other.responses
    ]


def _sent(other: Other) -> list[tuple[Variables, Variables | None]]:
    story = {"title": "x", "body": "x", "serviceIds": ["Service:1"], "ageGroup": "ADULT", "authorRole": "CARER"}
    return [({"input": {**story, "email": email, "consents": ["PUBLISH"]}}, None) for email in (other.email,)]


def _nothing(other: Other) -> list[tuple[Variables, Variables | None]]:
    return [({}, None)]


def _wanted(story: str) -> Variables:
    """A disclosure of it, that is wanted for no time at all."""
    fields = ["Story.author", "Account.email"]
    return {"storyId": story, "fields": fields, "recipientOrganisationId": "Organisation:999999", "grounds": "x"}


def _role(other: Other) -> list[tuple[Variables, Variables | None]]:
    """An administrator may see who has which role; for all others there is nobody."""
    return [
        ({"accountId": f"Account:{NOBODY}", "role": "DPO"}, None),
        ({"accountId": other.session, "role": "DPO"}, None),
    ]


def _password(**more: str) -> Tries:
    return lambda other: [({"password": WRONG, **more}, None), ({"password": other.email, **more}, None)]


def _email(other: Other) -> str:
    """An email that nobody has, a new one each time."""
    return f"nobody.{other.email}"


TRIES: dict[str, Tries] = {
    "register": lambda o: [
        ({"input": {"email": o.email, "password": GOOD}}, {"input": {"email": _email(o), "password": GOOD}}),
        ({"input": {"email": o.email, "password": o.email}}, None),
    ],
    "verifyEmail": lambda o: [({"token": o.token}, {"token": "x" * len(o.token)})],
    "signIn": lambda o: [({"email": o.email, "password": WRONG}, {"email": _email(o), "password": WRONG})],
    "signOut": _nothing,
    "endSession": lambda o: [({"sessionId": o.session}, {"sessionId": f"Session:{NOBODY}"})],
    "endOtherSessions": _nothing,
    "startSecondFactor": _password(),
    "confirmSecondFactor": lambda o: [({"code": CODE}, None)],
    "removeSecondFactor": _password(code=CODE),
    "requestPasswordReset": lambda o: [({"email": o.email}, {"email": _email(o)})],
    "resetPassword": lambda o: [
        ({"token": o.token, "password": GOOD}, {"token": "x" * len(o.token), "password": GOOD}),
    ],
    "changePassword": lambda o: [({"current": WRONG, "new": GOOD}, None)],
    "updateAccount": lambda o: [
        ({"input": {"email": o.email}}, {"input": {"email": _email(o)}}),
        ({"input": {"postcode": "nowhere", "penName": o.email}}, None),
    ],
    "updateDemographics": lambda o: [({"input": {"birthYear": 1}}, None)],
    "setConsent": lambda o: [({"purpose": "RESEARCH", "granted": False}, None)],
    "setMailPreference": lambda o: [({"topic": "STORY", "wanted": False}, None)],
    "requestDataExport": _nothing,
    "eraseAccount": _password(),
    "recordReading": _stories,
    "clearReadingHistory": _nothing,
    "markSimilar": _stories,
    "unmarkSimilar": _stories,
    "withdrawStory": _stories,
    "submitStory": _sent,
    "assignStory": _stories,
    "unassignStory": _stories,
    "publishStory": _published,
    "rejectStory": _decided(reason="x"),
    "previewStory": _stories,
    "holdPreview": _stories,
    "releasePreview": _stories,
    "restrictStory": _decided(reason="x"),
    "unrestrictStory": _stories,
    "respond": lambda o: [
        ({"input": {"storyId": story, "body": "x"}}, {"input": {"storyId": MISSING, "body": "x"}})
        for story in o.stories
    ],
    "editResponse": _responses(body="x"),
    "undoResponse": _responses(),
    "replyToResponse": _responses(body="x"),
    "moderateResponse": lambda o: [
        ({"input": {"responseId": r, "publish": True}}, {"input": {"responseId": "Response:999999", "publish": True}})
        for r in o.responses
    ],
    # Nobody's alert: what is wrong with it is not repeated.
    "createAlert": lambda o: [({"input": {"name": o.email, "filter": {"status": "PREVIEW"}}}, None)],
    "deleteAlert": lambda o: [({"alertId": o.alert}, {"alertId": f"Alert:{NOBODY}"})],
    "grantRole": _role,
    "revokeRole": _role,
    "requestDisclosure": lambda o: [({"input": _wanted(story)}, {"input": _wanted(MISSING)}) for story in o.stories],
    "approveDisclosure": lambda o: [({"disclosureId": o.disclosure}, {"disclosureId": f"Disclosure:{NOBODY}"})],
    "revokeDisclosure": lambda o: [({"disclosureId": o.disclosure}, {"disclosureId": f"Disclosure:{NOBODY}"})],
    # The data protection officer sees it; nobody else gets so far.
    "reviewDisclosure": lambda o: [({"input": {"disclosureId": o.disclosure, "outcome": "JUSTIFIED"}}, None)],
    "complain": lambda o: [({"input": {"kind": "COPY", "body": "x", "email": "me@x.example"}}, None)],
    "answerComplaint": lambda o: [
        ({"complaintId": o.complaint, "outcome": "x"}, {"complaintId": f"Complaint:{NOBODY}", "outcome": "x"}),
    ],
    "extendComplaint": lambda o: [
        ({"complaintId": o.complaint, "reason": "x"}, {"complaintId": f"Complaint:{NOBODY}", "reason": "x"}),
    ],
}
"""For each mutation: variables that are somebody else's, and where there are any, some that are nobody's.

To those the answer must be the same.
"""
SHOWS_WHAT_WAS_SENT = {"complain", "answerComplaint", "extendComplaint"}
"""Whoever sent it may read it."""


def mutation(name: str) -> GraphQLField:
    """A mutation of the schema."""
    root = core().mutation_type
    assert root
    found: GraphQLField = root.fields[name]
    return found


def mutations() -> list[str]:
    """The names of all, signing out as the last one."""
    root = core().mutation_type
    assert root
    return sorted(root.fields, key=lambda name: (name == "signOut", name))


def document(name: str, given: Variables) -> str:
    """The mutation with variables for what is given, and everything of its payload."""
    declared = mutation(name)
    heads = ", ".join(f"${argument}: {declared.args[argument].type}" for argument in given)
    passed = ", ".join(f"{argument}: ${argument}" for argument in given)
    kind = str(declared.type).rstrip("!")
    return f"mutation{f'({heads})' if heads else ''} {{ {name}{f'({passed})' if passed else ''} {{ ...{kind}_1 }} }}"


def nonsense(name: str) -> Iterator[Variables]:
    """What has the right types and makes no sense."""
    args = {argument: declared.type for argument, declared in mutation(name).args.items()}
    for text, identity in (
        (NONSENSE, f"Account:{NOBODY}"),
        (NONSENSE * 2_000, NONSENSE),
        (f"\x00{NONSENSE}", "Story:0"),
    ):
        if args:
            yield {argument: _value(kind, text, identity) for argument, kind in args.items()}


def _value(kind: GraphQLInputType, text: str, identity: str) -> Any:
    named = get_nullable_type(kind)
    if is_list_type(named):
        return [_value(named.of_type, text, identity)]
    if is_input_object_type(named):
        required = {name: part.type for name, part in named.fields.items()}
        return {name: _value(part, text, identity) for name, part in required.items()}
    if is_enum_type(named):
        return list(named.values)[-1]
    return {"ID": identity, "Int": 2**31 - 1, "Boolean": not is_non_null_type(kind)}.get(str(named), text)

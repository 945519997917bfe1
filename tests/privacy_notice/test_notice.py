"""`privacyNotice`: the same for everybody, whole, and true to the promises that its texts name (P13)."""

import re
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import orjson
import pytest
from graphql import get_named_type

from models.account import PlatformRole
from models.consent import ConsentPurpose
from models.database.connection import open_pool
from models.privacy_notice import NOTICE_VERSION, RECORD, Topics
from models.secret import Keyring
from operations.retention import KEPT
from policies.plan import Policies
from policies.viewer import Anonymous, Member, System, Viewer
from resolvers.answer import Request
from resolvers.executor import Executor
from resolvers.operator import Operator
from resolvers.privacy_notice import section
from resolvers.privacy_notice.names import TITLES, in_words
from schema.api import core

WHOLE = """{ privacyNotice {
  version updatedAt summary short url controller contact
  sections { key title text promises }
  fields { type field meaning audience purpose reasons retention promises }
  changes { version at what }
} }"""
PERSON = UUID("6f0a4a55-3c57-4d2b-9a3a-0d5b8a1f5a11")
OPERATOR = Operator("Care Voices <b>CIC</b>", "dpo@voices.example")
PRIVATE = (
    "Story.author", "Story.postcode", "Story.ipAddress", "Account.email", "Account.postcode", "Account.ipAddresses",
    "Account.readingHistory", "Account.similarExperiences", "Reading.readAt", "Demographics.gender",
    "Demographics.birthYear", "Demographics.ethnicGroup", "Demographics.limitedByCondition",
)  # fmt: skip
YOURS_ALONE = ("Demographics.gender", "Demographics.birthYear", "Demographics.ethnicGroup", "Account.mailPreferences")
PUBLISHED = (
    "Story.title", "Story.body", "Story.services", "Story.tags", "Story.ageGroup", "Story.authorRole", "Story.penName",
    "Story.responses", "Story.changes", "Story.similarExperienceCount", "Response.body",
)  # fmt: skip
CONSENTS = {
    ConsentPurpose.PUBLISH: "that your story is published",
    ConsentPurpose.FEED: "the data feed",
    ConsentPurpose.SOCIAL: "social media",
    ConsentPurpose.RESEARCH: "research",
    ConsentPurpose.EDUCATION: "education",
    ConsentPurpose.SYNDICATION: "the national NHS website",
    ConsentPurpose.STATISTICS: "counted in statistics",
}
LAY = re.compile(r"`|\b(null|enum|boolean|GraphQL|SQL)\b")


@pytest.fixture
async def executor(empty: str, keyring: Keyring, policies: Policies) -> AsyncIterator[Executor]:
    """Answers on an empty database: the notice holds no row."""
    pool = await open_pool(empty, 1)
    yield Executor(core(), policies, pool, keyring, "https://voices.example", operator=OPERATOR)
    await pool.close()


async def _ask(executor: Executor, document: str, viewer: Viewer | None = None, **variables: Any) -> Any:
    return orjson.loads((await executor.execute(Request(document, variables), viewer or Anonymous())).body)


@pytest.mark.parametrize("topic", PRIVATE)
def test_what_the_texts_call_private_is_public_to_nobody(said: Topics, topic: str) -> None:
    """P01–P05, P07: the section “What stays private”, held against the rules."""
    audience = said[topic]["audience"]
    assert not [who for who in audience if who.startswith(("everyone", "staff", "administrators", "colleagues"))]
    assert "moderators" not in audience


@pytest.mark.parametrize("topic", YOURS_ALONE)
def test_what_the_texts_say_is_for_you_alone_is(said: Topics, topic: str) -> None:
    assert said[topic]["audience"] == ["you"]


@pytest.mark.parametrize("topic", PUBLISHED)
def test_what_the_texts_call_public_is_public_once_it_is_published(said: Topics, topic: str) -> None:
    """P06, P10: not before."""
    assert said[topic]["audience"][0] == "everyone, once it is published"


def test_administrators_see_nothing_that_is_private(said: Topics) -> None:
    seen = {topic for topic, says in said.items() if any("administrators" in who for who in says.get("audience", ()))}
    assert {topic.split(".")[0] for topic in seen} <= {"Account", "Membership"}
    assert seen & {"Account.email", "Account.penName", "Account.postcode", "Account.createdAt"} == set()


async def test_it_is_the_same_for_everybody(executor: Executor) -> None:
    answer = await _ask(executor, WHOLE)
    assert "errors" not in answer
    people = [Member(PERSON, frozenset({role})) for role in PlatformRole]
    for viewer in (Member(PERSON, staff=True), System(), *people):
        assert await _ask(executor, WHOLE, viewer) == answer


async def test_it_names_whose_site_it_is_and_the_version_for_forms(executor: Executor) -> None:
    notice = (await _ask(executor, WHOLE))["data"]["privacyNotice"]
    assert (notice["controller"], notice["contact"]) == ("Care Voices <b>CIC</b>", "dpo@voices.example")
    assert notice["version"] == NOTICE_VERSION == notice["changes"][0]["version"]
    assert notice["updatedAt"] == RECORD.newest.at.isoformat()
    assert notice["url"] in notice["short"]
    assert notice["url"] == "https://voices.example/privacy"
    assert len(notice["short"].split()) < 110
    who = notice["sections"][0]
    assert who["key"] == "controller"
    assert who["text"][0].startswith("Care Voices <b>CIC</b> runs this site")
    assert who["text"][1].endswith(": dpo@voices.example.")


async def test_every_field_and_every_private_column_is_there(executor: Executor, said: Topics) -> None:
    fields = (await _ask(executor, WHOLE))["data"]["privacyNotice"]["fields"]
    assert {f"{one['type']}.{one['field']}" for one in fields} == {topic for topic in said if "." in topic}
    assert all(one["meaning"] and one["audience"] and one["retention"] and one["promises"] for one in fields)
    assert {one["retention"] for one in fields} <= {one.until for one in KEPT.values()}
    assert {one["type"] for one in fields} <= set(TITLES), "a title in resolvers/privacy_notice/names.py"


def test_no_two_fields_of_a_type_go_by_the_same_words(said: Topics) -> None:
    named = [(topic.split(".")[0], in_words(*topic.split("."))) for topic in said if "." in topic]
    assert [one for one in named if named.count(one) > 1] == []


async def test_parts_are_answered_in_the_shape_in_which_they_are_asked(executor: Executor) -> None:
    document = """query($whole: Boolean!) {
      a: privacyNotice { __typename v: version }
      b: privacyNotice { sections { ...S } version @include(if: $whole) changes { __typename version } }
    }
    fragment S on PrivacySection { key heading: title }"""
    answer = await _ask(executor, document, whole=False)
    assert "errors" not in answer
    assert answer["data"]["a"] == {"__typename": "PrivacyNotice", "v": NOTICE_VERSION}
    assert set(answer["data"]["b"]) == {"sections", "changes"}
    assert answer["data"]["b"]["sections"][0] == {"key": "controller", "heading": "Who we are"}
    assert answer["data"]["b"]["changes"][0]["__typename"] == "PrivacyChange"
    assert "version" in (await _ask(executor, document, whole=True))["data"]["b"]


async def test_the_answer_fits_the_schema(executor: Executor) -> None:
    """Lists are lists, texts are texts, and nothing that can't be null is."""
    notice = (await _ask(executor, WHOLE))["data"]["privacyNotice"]
    declared = {name: str(field.type) for name, field in core().type_map["PrivacyNotice"].fields.items()}
    for name, value in notice.items():
        assert isinstance(value, list if declared[name].startswith("[") else str), name
    for name in ("sections", "fields", "changes"):
        kind = get_named_type(core().type_map["PrivacyNotice"].fields[name].type)
        for one in notice[name]:
            for key, value in one.items():
                assert isinstance(value, list if str(kind.fields[key].type).startswith("[") else str), (name, key)


def test_every_purpose_of_consent_is_named(said: Topics) -> None:
    """P12: each on its own."""
    text = " ".join(said["section consent"]["text"])
    assert set(CONSENTS) == set(ConsentPurpose)
    assert [words for words in CONSENTS.values() if words not in text] == []


def test_texts_are_in_plain_english(said: Topics) -> None:
    """No word of the machine room, sentences of a length that one can read, no placeholder but the site's own."""
    for topic, says in said.items():
        if topic.startswith("section ") or topic in ("summary", "short"):
            text = " ".join(says["text"])
            assert not LAY.search(text), topic
            assert set(re.findall(r"\{(\w+)\}", text)) <= set(section.OF_THE_SITE)
            sentences = re.split(r"(?<=[.:;])\s", text)
            assert max(len(sentence.split()) for sentence in sentences) <= 45, topic


def test_the_texts_keep_to_the_promises() -> None:
    """Each section names the promises that it is about, and all that concern people are named."""
    named = {promise for one in section.SECTIONS for promise in one.promises}
    assert all(one.promises and one.title and one.text for one in section.SECTIONS)
    assert named == {f"P{n:02}" for n in range(1, 28)} - {"P21", "P22", "P24", "P26"}

"""P20: no table, column, query, job, template or field of the API scores, ranks or profiles a person."""

import re

import pytest
from graphql import build_schema
from sqlalchemy import JSON, Column, Enum, ForeignKey, Integer, MetaData, Numeric, Table, Uuid
from sqlalchemy.dialects.postgresql import ARRAY

import models
from models.base import metadata
from schema.api import core
from tests.house import profile
from tests.house.tree import LAYERS, ROOT, files, modules, name

FIGURES = {
    "alert.criticality_from": "the lowest criticality of stories that an alert tells of, not of a person",
    "alert.criticality_to": "the highest criticality of stories that an alert tells of, not of a person",
    "audit_event.count": "how many attempts of ten seconds an entry stands for, so that a flood is few of them",
    "audit_event.lane": "in which chain of the audit log an entry stands",
    "audit_event.organisation_id": "for which organisation somebody read: a key, which outlives the row it leads to",
    "audit_event.position": "where in its chain it stands",
    "complaint.number": "numbers complaints, as they came in",
    "data_export.attempts": "how often the making of a copy was tried",
    "data_export.size": "bytes of a copy",
    "demographics.birth_year": "what the person answered, apart from who they are (P07)",
    "disclosure.number": "numbers disclosures, as they were asked for",
    "mail.attempts": "how often the sending of an e-mail was tried",
    "rate.level": "how much was asked for within the last minute, by an account or from an address, against abuse",
    "second_factor.last_step": "which code was used last, so that none is used twice",
    "story.criticality": "the moderator's view of the most serious statement of a story, not of who wrote it",
    "story.similar_count": "how many people marked the story, whoever they are (P05)",
    "story_service.position": "in which order a story names its services",
    "story_tag.position": "in which order a story has its tags",
}
"""The numbers that are stored with anything that leads to a person, and what each is."""
TOLD = {
    "Alert.criticalityFrom": "the lowest criticality of stories that an alert tells of",
    "Alert.criticalityTo": "the highest criticality of stories that an alert tells of",
    "AccessLogConnection.totalCount": "how many entries the person's own log has",
    "Complaint.number": "numbers complaints",
    "DataExport.size": "bytes of a copy",
    "Demographics.birthYear": "the person's own answer, for them alone",
    "Disclosure.number": "numbers disclosures",
    "Identifying.length": "how many characters of a story were found",
    "Identifying.start": "where in a story they stand",
    "ReadingConnection.totalCount": "how many stories the person's own history holds",
    "ResponseConnection.totalCount": "how many responses a story has",
    "Service.latitude": "where a service is",
    "Service.longitude": "where a service is",
    "Service.storyCount": "how many stories there are about a service",
    "ServiceConnection.totalCount": "how many services there are",
    "Story.criticality": "of a story's most serious statement, for those who act on it",
    "Story.number": "numbers stories",
    "Story.responseCount": "how many responses a story has",
    "Story.similarExperienceCount": "how many people marked a story",
    "StoryConnection.totalCount": "how many stories a list has",
}
"""The numbers that can be asked for from an account on."""
TALLIES = {
    "jobs/history.py:lately": "what each job did in the last day, all of it together",
    "migrations/versions/20261124_0630_heart.py:TRIGGERS": "marks, by story",
    "operations/alert/create.py:_may_have_one_more": "one's own alerts, so that nobody has too many",
    "operations/attempt.py:_count": "one's own attempts of the last minutes, against guessing; they are deleted soon",
    "operations/backup/restore.py:SETTLE": "the highest number that a story had",
    "operations/backup/restore.py:_erase_keyless": "all accounts of a dump, to tell whether its keys fit",
    "operations/data_export/request.py:_refuse_flood": "one's own copies of a day, so that nobody floods the queue",
    "operations/region.py:NATION": "the areas of one postcode in the public directory: whether all are of one nation",
    "operations/response/settle.py:_trusted": "one responder's own published responses, for the fast track; "
    "nothing of it is kept or shown",
    "policies/compare/impact.py:counting": "in how many rows a kind of viewer reads a field, for a change of the policies",
    "policies/rule.py:import": "groups lines of policy files",
    "resolvers/connection.py:Page._count": "the length of a list that the viewer may see",
    "resolvers/connection.py:Page._page": "the place of a row in its page",
    "resolvers/connection.py:Page._page_fact": "whether a page has a next one",
    "resolvers/listing.py:_ranked": "stories by how well their words fit a search",
    "resolvers/live/root.py:_waiting": "stories that wait for a moderator",
    "resolvers/privacy_notice/words.py:import": "groups sentences of the privacy notice",
    "resolvers/service.py:StoryCount.value": "stories, by service",
    "resolvers/story.py:ResponseCount.value": "responses, by story",
    "schema/endpoint/privacy_notice.py:import": "groups fields of the privacy notice by their type",
}
"""Where rows are counted, grouped or ranked, and of what."""
QUEUE = re.compile(r"jobs/\w+\.py:JOBS")
"""What waits for a job is counted, all of it together."""
WITHOUT_PEOPLE = ("operations/imports/", "operations/demo/")
"""Directories of organisations, and invented data: they may count what they like, but people."""
NAMED = {
    "operations/password.py": "how many guesses a password withstands",
    "resolvers/listing.py": "stories by how well their words fit a search",
    "resolvers/mapping.py": "the same",
}
"""Files with such a word in a name, and what it ranks."""
TEXTS = (".polar", ".html", ".mjml", ".j2", ".jinja", ".txt", ".sql")
CODE = {
    name(path): path.read_text(encoding="utf-8")
    for path in [*modules(*LAYERS), ROOT / "app.py", *sorted((ROOT / "migrations").rglob("*.py"))]
}


def _planted() -> MetaData:
    """A table of engagement, and a score that leads to a person by a detour."""
    planted = MetaData()
    Table("account", planted, Column("id", Uuid, primary_key=True), Column("answers", JSON))
    Table("visit", planted, Column("id", Integer, primary_key=True), Column("account_id", Uuid))
    leads = Column("visit_id", Integer, ForeignKey("visit.id"), primary_key=True)
    Table("outcome", planted, leads, Column("weights", ARRAY(Numeric)), Column("kind", Enum("LOW", "HIGH_RISK")))
    Table("town", planted, Column("id", Integer, primary_key=True), Column("inhabitants", Integer))
    return planted


PLANTED = {
    "group": 'WORST = "select author_id, count(*) from story group by author_id"',
    "window": 'def f():\n    return "select author_id, ntile(4) over (order by n) from story"',
    "formatted": 'def f(x):\n    return f"select avg({x}) from story where author_id = $1"',
    "function": "def f():\n    return select(Story.author_id, func.count())",
    "method": "def f():\n    return select(Story.author_id).group_by(Story.author_id)",
    "ranked": "class A:\n    def f(self):\n        return func.rank().over(order_by=Story.author_id)",
    "python": "from collections import Counter",
    "library": "import sklearn.cluster",
}


def test_a_planted_score_is_found_in_a_table() -> None:
    assert profile.figures(_planted()) == {"account.answers", "outcome.weights"}
    assert profile.named_like_a_profile(profile.stored_names(_planted())) == {"HIGH_RISK"}


@pytest.mark.parametrize("plant", PLANTED)
def test_a_planted_score_is_found_in_code(plant: str) -> None:
    assert len(profile.tallies("x.py", PLANTED[plant])) == 1


def test_a_planted_score_is_found_by_its_name() -> None:
    source = "def riskOf(person, *, customer_segment): return person.Sentiment + RANK"
    found = profile.named_like_a_profile(profile.identifiers(source))
    assert found == {"riskOf", "customer_segment", "Sentiment", "RANK"}
    assert profile.named_like_a_profile(["brisk", "NHS_TRUST", "profiteer", "operating"]) == set()


def test_a_planted_score_is_found_in_the_api() -> None:
    api = build_schema("""
        type Query { account: Account }
        type Account { name: String trust: Trust friends(minScore: Int): [Account] }
        type Trust { level: Float }
    """)
    assert profile.told_figures(api) == {"Trust.level"}
    assert profile.named_like_a_profile(profile.api_names(api)) == {"Account.friends.minScore"}


def test_documentation_counts_nobody() -> None:
    assert profile.tallies("x.py", '"""Why we never select author_id, count(*) with group by."""') == set()


def test_no_table_holds_a_figure_about_a_person() -> None:
    """P20: a new number on the way to a person needs a reason here."""
    assert profile.figures(metadata) == set(FIGURES)
    assert {"story", "consent", "audit_event", "demographics"} <= profile.about_people(metadata)
    assert len(metadata.tables) > len(profile.about_people(metadata)) > 0 < len(models.__all__)


def test_nothing_that_is_stored_is_called_a_score() -> None:
    assert profile.named_like_a_profile(profile.stored_names(metadata)) == set()


def test_no_query_and_no_job_counts_or_ranks_people() -> None:
    """P20: whatever counts, groups or ranks rows says here of what; a list of people by a figure has no place."""
    found = {place for file, source in CODE.items() for place in profile.tallies(file, source)}
    found = {place for place in found if not QUEUE.fullmatch(place)}
    assert {place for place in found if not place.startswith(WITHOUT_PEOPLE)} == set(TALLIES)


def test_a_job_s_queue_is_counted_as_a_whole() -> None:
    """P20: one number a job; nothing is grouped, set in order or put beside others."""
    jobs = {file: source for file, source in CODE.items() if file.startswith("jobs/")}
    assert [file for file, source in jobs.items() if GROUPED.search(source)] == []
    assert GROUPED.search('x = "select account_id, count(*) from story GROUP BY 1"')


def test_what_counts_without_people_knows_none() -> None:
    counting = [f for f in CODE if f.startswith(WITHOUT_PEOPLE) and profile.tallies(f, CODE[f])]
    assert [file for file in counting if profile.PEOPLE & profile.identifiers(CODE[file])] == []


def test_nothing_in_the_code_is_called_a_score() -> None:
    found = {file for file, source in CODE.items() if profile.named_like_a_profile(profile.identifiers(source))}
    assert found == set(NAMED)


def test_no_template_and_no_rule_speaks_of_a_score() -> None:
    texts = [path for path in files() if name(path).split("/")[0] in LAYERS and path.suffix in TEXTS]
    assert [name(p) for p in texts if profile.words(p.read_text(encoding="utf-8")) & (profile.WORDS - RISK)] == []


GROUPED = re.compile(r"group\s+by|partition\s+by|over\s*\(|order\s+by\s+(count|sum|avg)|rank\s*\(|ntile", re.IGNORECASE)
RISK = {"risk", "risks"}
"""Rules speak of the risk of serious harm on which something may be disclosed (P09)."""


def test_the_api_tells_no_figure_about_a_person() -> None:
    assert profile.told_figures(core()) == set(TOLD)
    assert profile.named_like_a_profile(profile.api_names(core())) == set()

"""The record of the notice's versions: current, and true to what changed when (P13)."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import privacy_notice
from models.privacy_notice import BEGUN, NOTICE_VERSION, RECORD, Record, Topics, Version, differences, undone
from operations.privacy_notice import check_shown
from operations.problem import ProblemCode, ProblemError
from policies.plan import Policies
from resolvers.privacy_notice import topics
from resolvers.privacy_notice.words import what_changed
from schema.api import core
from schema.documentation.privacy_notice import renew

DAY = datetime(2027, 1, 31, 9, tzinfo=UTC)
LIST = st.lists(st.sampled_from(["you", "moderators", "everyone"]), max_size=2, unique=True)
SAYS = st.fixed_dictionaries({"audience": LIST, "retention": st.sampled_from(["a", "b"])})
TOPICS = st.dictionaries(st.sampled_from(["A.one", "A.two", "B.one", "section x"]), SAYS)
EMAIL_FOR_MODERATORS = """
grant(member: Member, "read", account: Account, "email", "clear", "P01 for the test") if
    "MODERATOR" in member.roles and
    _employment in account.memberships;
"""


@pytest.mark.parametrize("version", ["1999-01", "", "latest", "2026-1", NOTICE_VERSION + " "])
def test_a_version_that_never_was_is_refused(version: str) -> None:
    with pytest.raises(ProblemError, match="no such version") as refused:
        check_shown(version)
    assert (refused.value.code, refused.value.field) == (ProblemCode.INVALID, "noticeVersion")
    assert not version or version not in refused.value.message


@pytest.mark.parametrize("version", [version.version for version in RECORD.versions[:-1]])
def test_an_older_version_is_refused_with_the_day_of_the_change(version: str) -> None:
    with pytest.raises(ProblemError, match="has changed since this form was made") as refused:
        check_shown(version)
    assert str(RECORD.newest.at.year) in refused.value.message


@pytest.mark.parametrize("version", [None, NOTICE_VERSION])
def test_the_version_in_force_is_accepted(version: str | None) -> None:
    check_shown(version)


def test_the_record_says_what_the_software_does(said: Topics) -> None:
    """P13: a change of policies, models or texts makes a new version."""
    stale = [change.topic for change in differences(RECORD.topics, said)]
    assert stale == [], "run `python app.py notice`, and read what changed"


def test_versions_have_names_of_their_own_in_the_order_of_time() -> None:
    names = [version.version for version in RECORD.versions]
    assert len(set(names)) == len(names) > 0
    assert [version.at for version in RECORD.versions] == sorted(version.at for version in RECORD.versions)
    assert all(what_changed(version) for version in RECORD.versions)


@given(TOPICS, TOPICS)
def test_what_changed_leads_back(before: Topics, after: Topics) -> None:
    assert undone(after, tuple(differences(before, after))) == before


@given(TOPICS.filter(bool), TOPICS, TOPICS)
def test_a_version_that_is_amended_is_as_if_it_had_been_so_from_the_start(
    first: Topics, second: Topics, third: Topics
) -> None:
    record = Record((Version("2026-11", DAY, "The first."),), first)
    made = record.renewed(second, DAY)
    if made is not record:
        assert made.amended(third, DAY) == record.renewed(third, DAY)


def test_a_new_version_is_made_only_for_a_change(said: Topics) -> None:
    record = Record((Version("2026-11", DAY, "The first."),), said)
    assert record.renewed(dict(said), DAY) is record
    assert record.amended(dict(said), DAY) is record


def test_versions_of_one_day_are_numbered_and_begin_without_changes() -> None:
    empty = Record((Version("2026-11", DAY, "The first."),), {})
    first = empty.amended({"A.one": {"audience": ["you"]}}, DAY)
    second = first.renewed({"A.one": {"audience": []}}, DAY)
    third = second.renewed({"A.one": {"audience": ["you"]}}, DAY)
    assert [version.version for version in third.versions] == ["2026-11", "2027-01-31", "2027-01-31.2", "2027-01-31.3"]
    assert what_changed(first.newest) == [BEGUN]
    assert what_changed(second.newest) == ["No longer seen by you: a (one)."]
    assert what_changed(third.newest) == ["Now also seen by you: a (one)."]


@given(TOPICS, TOPICS)
def test_a_record_is_read_as_it_was_written(tmp_path_factory: pytest.TempPathFactory, one: Topics, two: Topics) -> None:
    path = tmp_path_factory.mktemp("record") / "record.json"
    record = Record((Version("2026-11", DAY, "The first."),), one).renewed(two, DAY)
    privacy_notice.write(record, path)
    assert privacy_notice.read(path) == record


def test_a_rule_that_opens_a_field_is_told(policies: Policies, said: Topics) -> None:
    """P13: from the rule's text to the sentence that people read."""
    changed = {**policies.texts, "account.polar": policies.texts["account.polar"] + EMAIL_FOR_MODERATORS}
    record = Record((Version("2026-11", DAY, "The first."),), said).renewed(topics(Policies(changed), core()), DAY)
    assert what_changed(record.newest) == [
        "Now also seen by moderators: your account (email).",
        "Now also shown for this reason: for the test: your account (email).",
    ]


def test_the_command_writes_what_changed_and_only_once(tmp_path: Path, said: Topics) -> None:
    path = tmp_path / "record.json"
    before = {**said, "Account.email": {**said["Account.email"], "retention": "for ever"}}
    del before["Story.title"]
    del before["section rights"]
    privacy_notice.write(Record((Version("2026-11", DAY, "The first."),), before), path)
    name, *changes = renew(path)
    kept = said["Account.email"]["retention"]
    assert name.startswith("Version 2")
    assert changes == [
        f"- Now kept {kept} (before: for ever): your account (email).",
        "- New in this notice: your stories (title).",
        "- The text on “What you can do” was written anew.",
    ]
    assert list(renew(path)) == [f"Version {privacy_notice.read(path).newest.version} says what the software does."]
    assert privacy_notice.read(path).topics == said

"""How long things are kept: every table says it, and says what the jobs do."""

import re

import pytest

from jobs.schedule import JOBS
from models.base import metadata
from models.privacy_notice import Topics
from operations.data_export.excluded import EXCLUDED
from operations.data_export.tables import TABLES
from operations.retention import KEPT, Retention, retention
from resolvers.privacy_notice.purpose import FOR, OF_FIELD

BY_NAME = {job.name: job for job in JOBS}
DELETES = re.compile(r"^(purge|forget|expire) ")
OF_MACHINES = {"forget job records"}
"""What these delete is about no person."""
OWN_DEADLINE = ("purge_after", "expires_at")
"""Columns in which a row says itself when its time is over."""


def _of_people() -> set[str]:
    return {name for name in metadata.tables if name not in EXCLUDED}


def test_no_table_about_people_is_without_a_length() -> None:
    assert _of_people() - {name.split(".")[0] for name in KEPT} == set()


def test_no_length_is_of_a_table_or_column_that_is_gone() -> None:
    columns = {f"{table.name}.{column.name}" for table in metadata.tables.values() for column in table.columns}
    assert [name for name in KEPT if name not in columns | set(metadata.tables)] == []


def test_every_private_column_has_a_length_and_a_purpose(said: Topics) -> None:
    for table in metadata.tables.values():
        for column in table.columns:
            if "promise" in column.info:
                assert retention(table.name, column.name).until
    without = [topic for topic, says in said.items() if "." in topic and not (says["purpose"] and says["promises"])]
    assert without == []
    assert [topic for topic, says in said.items() if "Encrypted" in str(says)] == []


def test_every_job_that_deletes_is_named() -> None:
    named = {name for one in KEPT.values() for name in one.ends}
    assert {job.name for job in JOBS if DELETES.match(job.name)} - OF_MACHINES == named


@pytest.mark.parametrize("table", [name for name, one in KEPT.items() if one.ends])
def test_the_jobs_wait_as_long_as_is_said(table: str) -> None:
    """P11, P13: the statement that counts what a purge would delete has the same lengths."""
    one: Retention = KEPT[table]
    for name, lengths in one.ends.items():
        waiting = BY_NAME[name].waiting or ""
        for length in lengths:
            assert length in one.until
            interval = f"interval '{length.replace('a day', '1 day')}'"
            assert interval in waiting or any(column in waiting for column in OWN_DEADLINE)


def test_the_copy_of_ones_data_says_the_same() -> None:
    """P16: one table of lengths, whoever tells of it."""
    lengths = {one.until for one in KEPT.values()}
    assert [table.name for table in TABLES if table.kept not in lengths] == []


def test_purposes_are_of_promises_and_fields_that_there_are(said: Topics) -> None:
    assert set(OF_FIELD) <= set(said)
    assert all(f"({promise})" in purpose for promise, purpose in FOR.items())


def test_what_refers_to_a_row_is_kept_as_long_as_what_refers(said: Topics) -> None:
    """Who wrote a story goes with the story, whatever becomes of accounts."""
    for field, beside in (("Story.author", "title"), ("Response.account", "body"), ("Disclosure.account", "grounds")):
        type_name = field.split(".")[0]
        assert said[field]["retention"] == said[f"{type_name}.{beside}"]["retention"]
    for field, row in (
        ("Account.stories", "Story.id"),
        ("Story.responses", "Response.id"),
        ("Story.original", "StoryOriginal.body"),
    ):
        assert said[field]["retention"] == said[row]["retention"]


def test_what_is_private_is_held_for_what_its_promise_says(said: Topics) -> None:
    assert said["Story.postcode"]["purpose"] == [
        "only to bring your stories to those responsible for care in that area"
    ]
    assert said["Account.ipAddresses"]["purpose"] == ["only to prevent or detect abuse of the site"]
    assert said["Attempt.address"]["purpose"] == ["only to prevent or detect abuse of the site"]
    assert said["Story.original"]["retention"] == "for 6 months after the story was published or turned down"
    assert said["Account.readingHistory"]["retention"].endswith("only the latest 500 stories")
    assert said["Attempt.address"]["audience"] == ["nobody"]

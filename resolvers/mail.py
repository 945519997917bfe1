"""Which e-mails a person wants: all topics, also those about which they never said anything."""

from typing import Any

from sqlalchemy import ColumnElement, func, literal_column, select
from sqlalchemy.dialects.postgresql import JSON

from models import MailRefusal, MailTopic
from resolvers.build import Build, Selected
from resolvers.mapping import Row, fresh
from resolvers.record import built, text_literal

NAME = "MailPreference"


class MailPreferences:
    """The topics of a row of `account`, each under the grant of the field that leads here."""

    def value(self, build: Build, row: Row, selected: Selected, mask: str) -> ColumnElement[Any]:
        parts = build.subfields(selected, NAME, selected.below(None))
        topics = [built(self._pairs(parts, row, topic)) for topic in MailTopic]
        return func.json_build_array(*topics, type_=JSON())

    def _pairs(self, parts: list[Selected], row: Row, topic: MailTopic) -> list[ColumnElement[Any]]:
        values = {"topic": text_literal(topic), "wanted": _wanted(row, topic), "__typename": text_literal(NAME)}
        return [value for part in parts for value in (text_literal(part.key), values[part.name])]


def _wanted(row: Row, topic: MailTopic) -> ColumnElement[bool]:
    refusal = fresh(MailRefusal)
    said: ColumnElement[Any] = literal_column(f"'{topic.value}'::mailtopic")
    rows = select(refusal.topic).where(refusal.account_id == row.id, refusal.topic == said)
    return ~rows.correlate_except(refusal).exists()

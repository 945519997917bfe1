"""Responses of organisations, the changes that they claim, and authors' replies."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from models.change import Change, ChangeKind
from models.response import Response, ResponseStatus
from models.story import StoryProgress
from operations.demo.dice import NOW, Dice, hours
from operations.demo.people import Society
from operations.demo.plot import SHOWN, Plot
from operations.demo.rows import Rows
from operations.demo.written import WrittenChange, WrittenResponse

PROGRESS = {ChangeKind.PLANNED: StoryProgress.CHANGE_PLANNED, ChangeKind.MADE: StoryProgress.CHANGE_MADE}
ORDER = list(StoryProgress)
HELD_BACK = (
    (
        "Thank you. I have asked the night sister to look at this with me, and I will write here again.",
        ResponseStatus.PENDING,
    ),
    ("We have looked in your notes and do not agree with what you say about the Tuesday.", ResponseStatus.REJECTED),
)
"""Responses of `staff@` to story 8 that only their organisation and moderators see."""


@dataclass(frozen=True, slots=True)
class Moderated:
    """When something was written, and what the moderators made of it."""

    written: datetime
    status: ResponseStatus
    published: datetime | None


class Correspondence:
    """Gathers the rows of responses, changes and replies."""

    def __init__(self, rows: Rows, society: Society, chance: Dice) -> None:
        self._rows = rows
        self._society = society
        self._dice = chance

    def answer(self, plot: Plot) -> StoryProgress:
        """Store what was answered until now, and say how far the story has got by what is public."""
        progress = StoryProgress.AWAITING_RESPONSE
        if plot.status not in SHOWN or plot.shown is None:
            return progress
        last = None
        for written in plot.written.responses:
            when = self._moderate(plot, plot.shown + timedelta(days=written.delay_days))
            if when is None:
                continue
            self._respond(plot, written, when)
            if when.published:
                last = when.published
                progress = max(progress, reached(written.change), key=ORDER.index)
        if last and plot.written.reply and plot.author:
            self._reply(plot, plot.written.reply, last)
        if plot.number == 8:
            self._hold_back(plot)
        return progress

    def _respond(self, plot: Plot, written: WrittenResponse, when: Moderated) -> None:
        organisation = plot.places[0].organisation
        responder = self._society.responders.get(organisation)
        response = self._rows.number(
            Response,
            story_id=plot.number,
            organisation_id=organisation,
            account_id=responder.id if responder else None,
            body=written.body,
            staff_name=written.staff_name,
            job_title=written.job_title,
            status=when.status,
            created_at=when.written,
            published_at=when.published,
        )
        if written.change:
            self._rows.number(
                Change,
                story_id=plot.number,
                organisation_id=organisation,
                response_id=response,
                kind=written.change.kind,
                description=written.change.description,
                status=when.status,
                published_at=when.published,
            )

    def _reply(self, plot: Plot, body: str, last: datetime) -> None:
        when = self._moderate(plot, last + hours(self._dice, 5, 90))
        if when is None or plot.author is None:
            return
        self._rows.number(
            Response,
            story_id=plot.number,
            account_id=plot.author.id,
            body=body,
            status=when.status,
            created_at=when.written,
            published_at=when.published,
        )

    def _hold_back(self, plot: Plot) -> None:
        staff = self._society.named["staff"]
        for body, status in HELD_BACK:
            self._rows.number(
                Response,
                story_id=plot.number,
                organisation_id=plot.places[0].organisation,
                account_id=staff.id,
                body=body,
                staff_name="Rosalind Achterberg",
                job_title="Ward Manager",
                status=status,
                created_at=NOW - timedelta(hours=7),
            )

    def _moderate(self, plot: Plot, day: datetime) -> Moderated | None:
        """What became of a text written that day; None if that day is still to come."""
        written = day + hours(self._dice, 0, 12)
        published = written + hours(self._dice, 1, 30)
        if written > NOW:
            return None
        if not plot.leading and self._dice.random() < 0.04:
            return Moderated(written, ResponseStatus.REJECTED, None)
        if published > NOW or (not plot.leading and self._dice.random() < 0.04):
            return Moderated(written, ResponseStatus.PENDING, None)
        return Moderated(written, ResponseStatus.PUBLISHED, published)


def reached(change: WrittenChange | None) -> StoryProgress:
    """How far a story gets by a response with, or without, this change."""
    return PROGRESS[change.kind] if change else StoryProgress.RESPONDED

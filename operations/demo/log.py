"""The moderation log of each story, and whether its text was edited."""

from datetime import datetime, timedelta
from uuid import UUID

from models.moderation import ModerationAction, ModerationEntry
from models.story import StoryStatus
from operations.demo.dice import NOW, Dice, hours
from operations.demo.people import Society
from operations.demo.plot import SHOWN, Plot
from operations.demo.rows import Rows
from operations.demo.stories import KEPT

A = ModerationAction
REJECTED_BECAUSE = (
    "Accuses somebody by name of a crime; the author was told how to complain.",
    "About a claim for compensation rather than about care.",
    "Sent twice.",
)
EDITED_BECAUSE = "Took out a name and a telephone number."


class Logbook:
    """Gathers the entries."""

    def __init__(self, rows: Rows, society: Society, chance: Dice) -> None:
        self._rows = rows
        self._moderator = society.named["moderator"].id
        self._dice = chance

    def edited(self, plot: Plot) -> bool:
        """Whether a moderator changed this story and its original is still kept."""
        if plot.status in SHOWN:
            kept = plot.shown is not None and plot.shown + KEPT > NOW
            return plot.number == 1 or (kept and self._dice.random() < 0.4)
        return plot.status == StoryStatus.PREVIEW and (plot.leading or self._dice.random() < 0.4)

    def write(self, plot: Plot, edited: bool) -> None:
        """Log the story's way; nothing is kept of a withdrawn one."""
        if plot.status == StoryStatus.WITHDRAWN:
            return
        self._entry(plot, A.SUBMITTED, plot.submitted, plot.author.id if plot.author else None)
        if plot.status == StoryStatus.SUBMITTED:
            return
        decided = plot.shown or min(plot.submitted + hours(self._dice, 5, 60), NOW)
        between = (decided - plot.submitted) / 10
        self._entry(plot, A.ASSIGNED, plot.submitted + between, self._moderator)
        if edited:
            self._entry(plot, A.EDITED, decided - between, self._moderator, EDITED_BECAUSE)
        self._decide(plot, decided)

    def _decide(self, plot: Plot, decided: datetime) -> None:
        moderator = self._moderator
        if plot.status == StoryStatus.PREVIEW:
            self._entry(plot, A.PREVIEWED, decided, moderator)
        elif plot.status == StoryStatus.REJECTED:
            self._entry(plot, A.REJECTED, decided, moderator, self._dice.choice(REJECTED_BECAUSE))
        elif plot.status in SHOWN:
            self._entry(plot, A.PUBLISHED, decided, moderator)
        if plot.status == StoryStatus.RESTRICTED:
            later = min(decided + timedelta(days=self._dice.randint(1, 40)), NOW)
            self._entry(plot, A.RESTRICTED, later, moderator)

    def _entry(
        self, plot: Plot, action: ModerationAction, when: datetime, by: UUID | None, note: str | None = None
    ) -> None:
        self._rows.number(ModerationEntry, story_id=plot.number, account_id=by, action=action, done_at=when, note=note)

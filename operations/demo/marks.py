"""What people read, and what they marked as similar to their own experience."""

from collections.abc import Sequence

from models.reading import Reading
from models.similar import SimilarExperience
from operations.demo.dice import NOW, Dice
from operations.demo.people import Person, Society
from operations.demo.plot import Plot
from operations.demo.rows import Rows


class Marks:
    """Gathers who read and marked what."""

    def __init__(self, rows: Rows, society: Society, public: Sequence[Plot], chance: Dice) -> None:
        """`public` are the stories with a public row."""
        self._rows = rows
        self._society = society
        self._public = public
        self._dice = chance

    def make(self) -> None:
        """`member@` and `author@` read some stories, story 1 among them; so do authors, each a few."""
        named = self._society.named
        for person in (named["member"], named["author"]):
            self._read(person, [self._public[0], *self._some(self._public[1:], 9)], share=0.5)
        for person in self._society.authors:
            self._read(person, self._some(self._public, self._dice.randint(0, 12)), share=0.4)

    def _read(self, person: Person, stories: Sequence[Plot], share: float) -> None:
        """Read these; mark the first and a share of the others, but never one's own."""
        for place, plot in enumerate(stories):
            begin = max(person.created_at, plot.shown or plot.submitted)
            read_at = begin + self._dice.random() * (NOW - begin)
            self._rows.add(Reading, account_id=person.id, story_id=plot.number, read_at=read_at)
            if plot.author != person and (place == 0 or self._dice.random() < share):
                self._rows.add(SimilarExperience, account_id=person.id, story_id=plot.number, marked_at=read_at)

    def _some(self, stories: Sequence[Plot], count: int) -> list[Plot]:
        return self._dice.sample(stories, count)

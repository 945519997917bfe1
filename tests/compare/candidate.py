"""Candidates for the policies: the files of this tree with a few words changed."""

from functools import cache

from policies.plan import FOLDER, Policies

Edit = tuple[str, str, str]
"""A file, a text that stands in it, and what stands there instead."""


@cache
def live() -> Policies:
    """The policies of this tree."""
    return Policies.load()


def texts(*edits: Edit) -> dict[str, str]:
    """The policy files, with these changes."""
    found = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.polar")}
    for file, before, after in edits:
        assert before in found[file], before
        found[file] = found[file].replace(before, after)
    return found


@cache
def candidate(*edits: Edit) -> Policies:
    """Policies with these changes."""
    return Policies(texts(*edits))


SHOWS_REVIEWS: Edit = (
    "story.polar",
    'provided(story: Story) if story.status in ["PREVIEW"',
    'provided(story: Story) if story.status in ["IN_REVIEW", "PREVIEW"',
)
"""Staff see stories while they are reviewed."""
UNMASKS: Edit = ("story.polar", '"postcode", "outward"', '"postcode", "clear"')
"""Moderators see postcodes whole."""
MASKS_EMAIL: Edit = ("complaint.polar", '"email", "clear", "P19', '"email", "partial-email", "P19')
"""The data protection officer sees a part of who complained."""
FORGETS_AUTHORS: Edit = ("story.polar", '"author", "postcode", "ipAddress"', '"author", "ipAddress"')
"""Authors don't see the postcode that they gave."""
WITHDRAW = '"withdraw", story: Story, "withdraw", "clear", "P17 any story can be withdrawn by its author") if\n    '
OPENS_DEED: Edit = (
    "story.polar",
    f"grant(member: Member, {WITHDRAW}wrote(member, story) and\n    ",
    f"grant(_member: Member, {WITHDRAW}",
)
"""Every member may withdraw any story."""

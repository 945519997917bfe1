"""A kind of viewer as it is written on the command line."""

from collections.abc import Iterable
from dataclasses import replace

import typer

from models.account import PlatformRole
from policies.viewer import Kind, Purpose, may_use

HELP = (
    "A kind of viewer is anonymous, system, or some of member, staff, recipient, "
    f"{', '.join(PlatformRole)} with + between them; a purpose of use follows a colon: SAFEGUARDING:safeguarding."
)


def kind_of(text: str) -> Kind:
    """The kind that a text such as `member+staff`, `MODERATOR` or `DPO:complaint` names."""
    names, _, purpose = text.partition(":")
    words = {word.strip().lower() for word in names.split("+")}
    if words in ({"anonymous"}, {"system"}) and not purpose:
        return Kind(words.pop().title())
    kind = _member(words)
    return replace(kind, purpose=_purpose(kind, purpose)) if purpose else kind


def _member(words: Iterable[str]) -> Kind:
    roles = {role.value.lower(): role for role in PlatformRole}
    ties, held = set(words) - roles.keys(), tuple(sorted(roles[word] for word in words if word in roles))
    if ties - {"member", "staff", "recipient"}:
        raise typer.BadParameter(HELP)
    # To be a recipient is to manage an organisation.
    return Kind("Member", held, staff=bool(ties & {"staff", "recipient"}), recipient="recipient" in ties)


def _purpose(kind: Kind, name: str) -> Purpose:
    try:
        purpose = Purpose(name.strip())
    except ValueError:
        raise typer.BadParameter(f"A purpose of use is one of {', '.join(Purpose)}.") from None
    if not may_use(kind.roles, purpose):
        raise typer.BadParameter("A viewer with these roles can't state this purpose.")
    return purpose

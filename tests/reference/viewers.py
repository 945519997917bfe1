"""The viewers of a world: a visitor, and every person with each purpose of use that fits their roles."""

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

import models
from models.secret import Keyring
from policies.viewer import MAY_USE, Anonymous, Member, Viewer
from tests.reference.world import World


def viewers(world: World, keyring: Keyring) -> list[Viewer]:
    """Everybody who can ask, the weakest first."""
    people = [member(account, keyring) for account in world.all(models.Account)]
    people.sort(key=lambda person: (len(person.roles), person.staff))
    return [Anonymous(), *(viewer for person in people for viewer in with_purposes(person))]


def with_purposes(person: Member) -> Iterator[Member]:
    """The person without a purpose, and with each that their roles may state."""
    yield person
    for purpose, role in MAY_USE.items():
        if role in person.roles:
            yield replace(person, purpose=purpose)


def member(account: models.Account, keyring: Keyring) -> Member:
    """The person as they are once signed in."""
    person, sealed = str(account.id), account.demographics_id
    opened = sealed and keyring.open(account.key, person).decrypt(sealed, f"account.demographics_id:{person}")
    return Member(
        account.id,
        roles=frozenset(account.roles),
        staff=bool(account.memberships),
        key=account.key,
        demographics_id=UUID(opened) if opened else None,
        recipient=any(_told(membership) for membership in account.memberships),
        session_id=min((session.id for session in account.sessions), default=None),
    )


def _told(membership: models.Membership) -> bool:
    """Whether something is disclosed to the organisation, which the person manages."""
    manages = membership.role is models.MembershipRole.MANAGER
    return manages and any(disclosure.active for disclosure in membership.organisation.disclosures)

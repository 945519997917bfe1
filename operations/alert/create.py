"""Setting an alert: only staff do, of stories that they may come to see (P22)."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, literal_column
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.alert import Alert, AlertFrequency
from models.area import Area
from models.membership import Membership
from models.organisation import Organisation
from models.region import Region
from models.service import Service
from models.story import AgeGroup, AuthorRole, Routing, StoryProgress
from models.tag import Tag, TagKind
from operations.account import hold
from operations.edit import GRAVEST
from operations.problem import ProblemCode, ProblemError
from policies.plan import AccessPlan
from policies.sql import to_sql
from policies.viewer import Member

MOST, LONGEST_NAME, LONGEST_SEARCH = 50, 100, 200
"""Alerts of one person; characters of a name and of what is searched."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """An alert as somebody asks for it; a condition that is None is none."""

    name: str
    frequency: AlertFrequency = AlertFrequency.AT_ONCE
    search: str | None = None
    service_id: int | None = None
    organisation_id: int | None = None
    area_code: str | None = None
    tag: tuple[TagKind, str] | None = None
    region: Region | None = None
    age_group: AgeGroup | None = None
    author_role: AuthorRole | None = None
    progress: StoryProgress | None = None
    routing: Routing | None = None
    criticality: tuple[int | None, int | None] | None = None


async def create(session: AsyncSession, plan: AccessPlan, viewer: Member, wanted: Wanted) -> Alert:
    """A new alert of the viewer.

    Raises ProblemError: NOT_ALLOWED for who is not staff and for one too many; INVALID, TOO_LONG and NOT_FOUND naming
    the field.
    """
    name = _line(wanted.name, "name", LONGEST_NAME)
    lowest, highest = _criticality(wanted.criticality) if wanted.criticality else (None, None)
    # Held against change, so that two at once are not one too many.
    await hold(session, viewer.account_id, change=True)
    await _may_have_one_more(session, viewer)
    links: dict[str, Any] = await _links(session, plan, viewer, wanted)
    alert = Alert(
        account_id=viewer.account_id,
        name=name,
        frequency=wanted.frequency,
        search=await _search(session, wanted.search) if wanted.search is not None else None,
        region=wanted.region,
        age_group=wanted.age_group,
        author_role=wanted.author_role,
        progress=wanted.progress,
        routing=wanted.routing,
        criticality_from=lowest,
        criticality_to=highest,
        **links,
    )
    session.add(alert)
    await session.flush()
    return alert


async def _may_have_one_more(session: AsyncSession, viewer: Member) -> None:
    employed = select(Membership.id).where(col(Membership.account_id) == viewer.account_id).exists()
    count = select(func.count()).select_from(Alert).where(col(Alert.account_id) == viewer.account_id)
    staff, alerts = (await session.exec(select(employed, count.scalar_subquery()))).one()
    # SECURITY: P22: who left every organisation since the request began gets no alert either.
    if not staff:
        raise ProblemError(ProblemCode.NOT_ALLOWED, "Alerts are for staff of organisations.")
    if alerts >= MOST:
        raise ProblemError(ProblemCode.NOT_ALLOWED, f"You have {MOST} alerts, which is the most. Delete one first.")


async def _links(session: AsyncSession, plan: AccessPlan, viewer: Member, wanted: Wanted) -> dict[str, int]:
    """What the alert is about, by keys of the database."""
    kind, label = wanted.tag or (None, None)
    asked: tuple[tuple[str, str, Any, bool, list[ColumnElement[bool]]], ...] = (
        ("service_id", "serviceId", Service, wanted.service_id is not None, [col(Service.id) == wanted.service_id]),
        (
            "organisation_id",
            "organisationId",
            Organisation,
            wanted.organisation_id is not None,
            [col(Organisation.id) == wanted.organisation_id],
        ),
        ("area_id", "areaCode", Area, wanted.area_code is not None, [col(Area.code) == wanted.area_code]),
        ("tag_id", "tag", Tag, wanted.tag is not None, [col(Tag.kind) == kind, col(Tag.label) == label]),
    )
    found: dict[str, int] = {}
    for column, field, model, given, where in asked:
        if given:
            # SECURITY: what the viewer may not see is answered like what is not there.
            seen = select(model.id).where(*where, to_sql(plan.row(model.__name__), model))
            key = (await session.exec(seen, params=dict(viewer.parameters))).one_or_none()
            if key is None:
                raise ProblemError(ProblemCode.NOT_FOUND, "There is none that you may see. Check it.", field)
            found[column] = key
    return found


async def _search(session: AsyncSession, search: str) -> str:
    """What is searched, if there is a word in it that can be found."""
    line = _line(search, "search", LONGEST_SEARCH)
    words = func.websearch_to_tsquery(literal_column("'english'::regconfig"), line)
    if not (await session.exec(select(func.numnode(words)))).one():
        message = "There is no word in this that can be looked for. Give one that not every text has."
        raise ProblemError(ProblemCode.INVALID, message, "search")
    return line


def _line(text: str, field: str, longest: int) -> str:
    """The text without surrounding space."""
    line = text.strip()
    if len(line) > longest:
        raise ProblemError(ProblemCode.TOO_LONG, f"This is too long: take at most {longest} characters.", field)
    # SECURITY: no line breaks, nor characters that turn the direction of what stands around them in an e-mail.
    if not line or not line.isprintable():
        message = "This needs at least one character, all of them printable and in one line."
        raise ProblemError(ProblemCode.INVALID, message, field)
    return line


def _criticality(bounds: tuple[int | None, int | None]) -> tuple[int, int | None]:
    """From where to where; without an end, every story that has a criticality."""
    lowest, highest = bounds
    if not all(bound is None or 0 <= bound <= GRAVEST for bound in bounds):
        raise ProblemError(ProblemCode.INVALID, f"Criticality goes from 0 to {GRAVEST}.", "criticality")
    if lowest is not None and highest is not None and lowest > highest:
        raise ProblemError(ProblemCode.INVALID, "No number is that large and that small: swap them.", "criticality")
    return lowest or 0, highest

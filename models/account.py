"""A person's account: everything private is encrypted with a key of its own."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, Optional
from uuid import UUID, uuid4

from sqlalchemy import LargeBinary, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import column_property
from sqlmodel import Field, Relationship, SQLModel

from models.base import moment, pg_enum, secret
from models.key import WrappedKey

if TYPE_CHECKING:
    from models.complaint import Complaint
    from models.confirmation import EmailChange
    from models.consent import Consent
    from models.correction import Correction
    from models.data_export import DataExport
    from models.disclosure import Disclosure
    from models.membership import Membership
    from models.reading import Reading
    from models.second_factor import SecondFactor
    from models.session import Session
    from models.similar import SimilarExperience
    from models.story import Story


class PlatformRole(StrEnum):
    """A role of the people who run the site."""

    MODERATOR = "MODERATOR"
    SAFEGUARDING = "SAFEGUARDING"
    ABUSE = "ABUSE"
    DPO = "DPO"
    ADMIN = "ADMIN"


class Account(SQLModel, table=True):
    """An account; until `email_verified_at` nobody can sign in to it.

    `key` is the wrapped key of the person, read from `person_key`; deleting the account destroys it.
    """

    if TYPE_CHECKING:
        key: ClassVar[bytes]

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    created_at: datetime = moment()
    email_verified_at: datetime | None = moment(nullable=True)
    email_hash: bytes | None = Field(
        default=None,
        unique=True,
        sa_type=LargeBinary,
        sa_column_kwargs={"comment": "P01: keyed hash, to find an account by email.", "info": {"promise": "P01"}},
    )
    password_hash: str | None = None
    email: bytes | None = secret("P01", "the person's email")
    postcode: bytes | None = secret("P02", "the person's postcode")
    pen_name: bytes | None = secret("P14", "the name shown with the person's next stories")
    demographics_id: bytes | None = secret("P07", "which demographics row is theirs")
    roles: list[PlatformRole] = Field(
        default_factory=list,
        sa_type=ARRAY(pg_enum(PlatformRole)),
        sa_column_kwargs={"server_default": "{}"},
    )

    memberships: list["Membership"] = Relationship(back_populates="account")
    stories: list["Story"] = Relationship(
        back_populates="author", sa_relationship_kwargs={"foreign_keys": "Story.author_id"}
    )
    ip_addresses: list["IpAddressUse"] = Relationship(back_populates="account")
    consents: list["Consent"] = Relationship(back_populates="account")
    readings: list["Reading"] = Relationship(back_populates="account")
    similar_experiences: list["SimilarExperience"] = Relationship(back_populates="account")
    sessions: list["Session"] = Relationship(back_populates="account")
    corrections: list["Correction"] = Relationship(back_populates="account")
    data_exports: list["DataExport"] = Relationship(back_populates="account")
    complaints: list["Complaint"] = Relationship(back_populates="account")
    disclosures: list["Disclosure"] = Relationship(
        back_populates="account", sa_relationship_kwargs={"foreign_keys": "Disclosure.account_id"}
    )
    second_factor: Optional["SecondFactor"] = Relationship(back_populates="account")
    email_change: Optional["EmailChange"] = Relationship(back_populates="account")


class IpAddressUse(SQLModel, table=True):
    """An address from which a person wrote, kept only against abuse of the site."""

    __tablename__ = "ip_address_use"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    account_id: UUID = Field(foreign_key="account.id", index=True, ondelete="CASCADE")
    address: bytes = secret("P03", "the address", nullable=False)
    used_at: datetime = moment()
    use: str

    account: Account = Relationship(back_populates="ip_addresses")


_wrapped = select(WrappedKey.__table__.c.wrapped).where(WrappedKey.__table__.c.id == Account.__table__.c.id)  # type: ignore[attr-defined]
Account.__mapper__.add_property("key", column_property(_wrapped.correlate_except(WrappedKey).scalar_subquery()))  # type: ignore[attr-defined]

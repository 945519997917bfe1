"""What is stored. Importing this package registers every table."""

from models.account import Account, IpAddressUse, PlatformRole
from models.area import Area, AreaKind, AreaSuccessor, PostcodeArea
from models.audit import AuditEvent
from models.change import Change, ChangeKind
from models.consent import Consent, ConsentPurpose
from models.demographics import Demographics, EthnicGroup, Gender, Limitation
from models.membership import Membership, MembershipRole
from models.moderation import ModerationAction, ModerationEntry
from models.organisation import Organisation, OrganisationKind
from models.reading import Reading
from models.region import Region
from models.response import Response, ResponseStatus
from models.service import Service, ServiceArea, StoryService
from models.session import Session
from models.similar import SimilarExperience
from models.story import (
    AgeGroup,
    AuthorRole,
    Routing,
    Story,
    StoryArea,
    StoryOriginal,
    StoryProgress,
    StoryStatus,
)
from models.tag import StoryTag, Tag, TagKind
from models.tombstone import Tombstone, TombstoneKind

__all__ = [
    "Account",
    "AgeGroup",
    "Area",
    "AreaKind",
    "AreaSuccessor",
    "AuditEvent",
    "AuthorRole",
    "Change",
    "ChangeKind",
    "Consent",
    "ConsentPurpose",
    "Demographics",
    "EthnicGroup",
    "Gender",
    "IpAddressUse",
    "Limitation",
    "Membership",
    "MembershipRole",
    "ModerationAction",
    "ModerationEntry",
    "Organisation",
    "OrganisationKind",
    "PlatformRole",
    "PostcodeArea",
    "Reading",
    "Region",
    "Response",
    "ResponseStatus",
    "Routing",
    "Service",
    "ServiceArea",
    "Session",
    "SimilarExperience",
    "Story",
    "StoryArea",
    "StoryOriginal",
    "StoryProgress",
    "StoryService",
    "StoryStatus",
    "StoryTag",
    "Tag",
    "TagKind",
    "Tombstone",
    "TombstoneKind",
]

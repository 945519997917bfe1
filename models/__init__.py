"""What is stored. Importing this package registers every table."""

from models.account import Account, IpAddressUse, PlatformRole
from models.alert import Alert, AlertFrequency, AlertMatch
from models.area import Area, AreaKind, AreaSuccessor, PostcodeArea
from models.attempt import Attempt, AttemptKind
from models.audit import AccessLogEntry, AuditAnchor, AuditEvent, AuditKind, AuditLane
from models.change import Change, ChangeKind
from models.complaint import Complaint, ComplaintKind
from models.confirmation import Confirmation, ConfirmationKind, EmailChange, WaitingStory
from models.consent import Consent, ConsentPurpose
from models.correction import Correction
from models.data_export import DataExport, DataExportPart, DataExportStatus
from models.demographics import Demographics, EthnicGroup, Gender, Limitation
from models.disclosure import Disclosure, DisclosureOutcome, DisclosureStatus
from models.event import Event, EventKind, EventReader
from models.job import JobRecord, JobRun
from models.key import WrappedKey
from models.mail import Mail, MailRefusal, MailTopic
from models.membership import Membership, MembershipRole
from models.moderation import ModerationAction, ModerationEntry
from models.organisation import Organisation, OrganisationKind
from models.rate import Rate
from models.reading import Reading
from models.region import Region
from models.response import Response, ResponseStatus
from models.second_factor import SecondFactor
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
    "AccessLogEntry",
    "Account",
    "AgeGroup",
    "Alert",
    "AlertFrequency",
    "AlertMatch",
    "Area",
    "AreaKind",
    "AreaSuccessor",
    "Attempt",
    "AttemptKind",
    "AuditAnchor",
    "AuditEvent",
    "AuditKind",
    "AuditLane",
    "AuthorRole",
    "Change",
    "ChangeKind",
    "Complaint",
    "ComplaintKind",
    "Confirmation",
    "ConfirmationKind",
    "Consent",
    "ConsentPurpose",
    "Correction",
    "DataExport",
    "DataExportPart",
    "DataExportStatus",
    "Demographics",
    "Disclosure",
    "DisclosureOutcome",
    "DisclosureStatus",
    "EmailChange",
    "EthnicGroup",
    "Event",
    "EventKind",
    "EventReader",
    "Gender",
    "IpAddressUse",
    "JobRecord",
    "JobRun",
    "Limitation",
    "Mail",
    "MailRefusal",
    "MailTopic",
    "Membership",
    "MembershipRole",
    "ModerationAction",
    "ModerationEntry",
    "Organisation",
    "OrganisationKind",
    "PlatformRole",
    "PostcodeArea",
    "Rate",
    "Reading",
    "Region",
    "Response",
    "ResponseStatus",
    "Routing",
    "SecondFactor",
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
    "WaitingStory",
    "WrappedKey",
]

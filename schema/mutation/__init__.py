"""What can be done."""

import strawberry

from schema.mutation.account import AccountMutation
from schema.mutation.alert import AlertMutation
from schema.mutation.complaint import ComplaintMutation
from schema.mutation.consent import ConsentMutation
from schema.mutation.data_export import DataExportMutation
from schema.mutation.demographics import DemographicsMutation
from schema.mutation.disclosure import DisclosureMutation
from schema.mutation.erasure import ErasureMutation
from schema.mutation.mail import MailMutation
from schema.mutation.moderation import ModerationMutation
from schema.mutation.password import PasswordMutation
from schema.mutation.reading import ReadingMutation
from schema.mutation.response import ResponseMutation
from schema.mutation.role import RoleMutation
from schema.mutation.second_factor import SecondFactorMutation
from schema.mutation.session import SessionMutation
from schema.mutation.similar import SimilarMutation
from schema.mutation.story import StoryMutation
from schema.mutation.submission import SubmissionMutation


@strawberry.type(description="What can be done. Each field is one transaction: it happens whole or not at all.")
class Mutation(
    SessionMutation,
    SecondFactorMutation,
    AccountMutation,
    PasswordMutation,
    DataExportMutation,
    ConsentMutation,
    DemographicsMutation,
    ReadingMutation,
    SimilarMutation,
    ErasureMutation,
    StoryMutation,
    SubmissionMutation,
    ModerationMutation,
    ResponseMutation,
    AlertMutation,
    ComplaintMutation,
    DisclosureMutation,
    MailMutation,
    RoleMutation,
):
    """The root of mutations."""

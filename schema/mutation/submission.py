"""Sending a story."""

from typing import Annotated

import strawberry
from strawberry import UNSET

from models.consent import ConsentPurpose
from models.story import AgeGroup, AuthorRole
from operations.problem import ProblemError
from operations.submission import Origin, Submission, submit
from operations.waiting import submit_by_email
from policies.viewer import Member
from resolvers.identity import key_of
from schema.base import resolved
from schema.context import Info
from schema.mutation.payload import Payload, planned_row, problems_of
from schema.problem import told
from schema.story import Story
from schema.tag import TagInput


@strawberry.input(description="A story as somebody sends it.")
class SubmitStoryInput:
    """What somebody tells."""

    title: str = strawberry.field(description="Its title: one line of 1 to 200 characters.")
    body: str = strawberry.field(description="Its text: 1 to 1,000 words, at most 12,000 characters.")
    service_ids: list[strawberry.ID] = strawberry.field(description="The services that it is about: 1 to 10.")
    tags: list[TagInput] | None = strawberry.field(
        default=UNSET,
        description="Answers in a few words each, at most 10 to a question; they are kept in lower case.",
    )
    postcode: str | None = strawberry.field(
        default=UNSET,
        description="The author's UK postcode, private: it only routes the story (P02). Left out, it is that of the "
        "viewer's account; null is none.",
    )
    age_group: AgeGroup = strawberry.field(description="The age group to show.")
    author_role: AuthorRole = strawberry.field(description="In what role the author writes.")
    pen_name: str | None = strawberry.field(
        default=UNSET,
        description="The name to show with it, at most 60 characters. Left out, it is that of the viewer's account; "
        "null is none.",
    )
    email: str | None = strawberry.field(
        default=UNSET,
        description="The author's email, private (P01): needed from who is not signed in, and not used of who is.",
    )
    consents: list[ConsentPurpose] | None = strawberry.field(
        default=UNSET,
        description="What the author agrees to with this form; the ledger keeps it (P12). Without consent to PUBLISH, "
        "here or before, no story is taken. What is left out stays as it is.",
    )
    notice_version: str | None = strawberry.field(
        default=UNSET,
        description="The version of the privacy notice that the form showed: it must be the one in force (P13).",
    )
    idempotency_key: str | None = strawberry.field(
        default=UNSET,
        description="A text of 1 to 200 characters, new for each story: a retry with the same key makes no second "
        "story, and gets the same answer.",
    )

    def sent(self, origin: Origin) -> Submission:
        """What was sent."""
        return Submission(
            title=self.title,
            body=self.body,
            services=[key_of(id_, "Service") for id_ in self.service_ids],
            age_group=self.age_group,
            author_role=self.author_role,
            tags=[(tag.kind, tag.label) for tag in self.tags or ()],
            postcode=self.postcode or None,
            pen_name=self.pen_name or None,
            consents=self.consents or (),
            notice_version=self.notice_version or None,
            key=None if self.idempotency_key is UNSET else self.idempotency_key,
            own_postcode=self.postcode is UNSET,
            own_pen_name=self.pen_name is UNSET,
            origin=origin,
        )


@strawberry.type(description="What sending a story gave: the same whether the email is known or not.")
class SubmitStoryPayload(Payload):
    """A story that was taken, or a problem."""

    number: int | None = strawberry.field(
        default=None,
        description="Its number; null where there is a problem, and for who is not signed in: their story waits until "
        "they follow the link that is sent to the email, and is a story from then on.",
    )

    @resolved("The story; null for who is not signed in, and where there is a problem.")
    async def story(self, info: Info) -> Story | None:
        row: Story | None = await planned_row(info, "Story", self.number) if self.number else None
        return row


async def submit_story(
    info: Info,
    sent: Annotated[SubmitStoryInput, strawberry.argument(name="input", description="The story.")],
) -> SubmitStoryPayload:
    """Takes a story, of whoever is signed in or of anybody with an email."""
    context = info.context
    submission = sent.sent(Origin(context.origin.address, "website" if context.origin.cookie else "API"))
    if not isinstance(context.viewer, Member):
        waiting = submit_by_email(
            context.transaction, context.keyring, sent.email or "", submission, context.settings.url
        )
        return SubmitStoryPayload(problems=await problems_of(waiting))
    try:
        number = await submit(context.transaction, context.keyring, context.viewer.account_id, submission)
    except ProblemError as error:
        return SubmitStoryPayload(problems=[told(error)])
    return SubmitStoryPayload(problems=[], number=number)


@strawberry.type
class SubmissionMutation:
    """Sending a story."""

    submit_story: SubmitStoryPayload = strawberry.mutation(
        resolver=submit_story,
        description="Sends a story to the moderators; nothing is public before they have read it (P10). Who is not "
        "signed in gives an email: the story waits until the link that is sent there is followed, within 7 days. At "
        "most 10 an hour.",
    )

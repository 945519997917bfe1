"""E-mails: which a person wants."""

import strawberry

from models.mail import MailTopic
from schema.base import describe

describe(
    MailTopic,
    {
        MailTopic.STORY: "What becomes of one's own stories: published, turned down, responses, changes.",
        MailTopic.SIMILAR: "Changes because of stories that one marked, where one asked for e-mails.",
        MailTopic.ALERT: "Stories for the alerts that one set, as staff.",
        MailTopic.MODERATION: "Stories that are due to be moderated, as a moderator.",
    },
)


@strawberry.type(description="Whether a person wants e-mails on a topic.")
class MailPreference:
    """A topic and what the person said."""

    topic: MailTopic = strawberry.field(description="What the e-mails are about.")
    wanted: bool = strawberry.field(description="Whether they get them; true until they say otherwise.")

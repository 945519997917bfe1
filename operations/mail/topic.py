"""Topics: which e-mails nobody needs to get, and the link in each of them that stops its topic (RFC 8058)."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from uuid import UUID

from tink import TinkError

from models.mail import MailTopic
from models.secret import Keyring

PATH = "/unsubscribe/"
PLACE = b"mail topic of an account"
LONGEST = 200

TOPICS: Mapping[str, MailTopic] = MappingProxyType(
    {
        "story_published": MailTopic.STORY,
        "story_rejected": MailTopic.STORY,
        "response_published": MailTopic.STORY,
        "change_made": MailTopic.STORY,
        "similar_change_made": MailTopic.SIMILAR,
        "alert": MailTopic.ALERT,
        "alert_digest": MailTopic.ALERT,
        "moderation_due": MailTopic.MODERATION,
    }
)
"""Templates with a topic. All others are about an account, its safety or a request, and can't be stopped."""
ABOUT: Mapping[MailTopic, str] = MappingProxyType(
    {
        MailTopic.STORY: "your own stories",
        MailTopic.SIMILAR: "stories that you marked",
        MailTopic.ALERT: "your alerts",
        MailTopic.MODERATION: "stories that wait for a moderator",
    }
)
"""What each topic is about, after the words “e-mails about”."""


@dataclass(frozen=True, slots=True)
class Stop:
    """How a topic is stopped: the link for it, and what it is about."""

    link: str
    about: str


def stop_of(keyring: Keyring, url: str, template: str, account_id: UUID | None) -> Stop | None:
    """For an e-mail from a template to an account; None for one that can't be stopped. `url` is the site's."""
    topic = TOPICS.get(template)
    if topic is None or account_id is None:
        return None
    return Stop(f"{url}{PATH}{seal(keyring, account_id, topic)}", ABOUT[topic])


def seal(keyring: Keyring, account_id: UUID, topic: MailTopic) -> str:
    """The token of a person and topic: always the same, without an end, and of no other use."""
    sealed = keyring.unsubscribing.encrypt_deterministically(account_id.bytes + topic.value.encode(), PLACE)
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()


def unseal(keyring: Keyring, token: str) -> tuple[UUID, MailTopic] | None:
    """Whose e-mails about what a token stops; None for one that we did not make."""
    if len(token) > LONGEST or not token.isascii():
        return None
    try:
        sealed = base64.b64decode(token.encode() + b"=" * (-len(token) % 4), b"-_", validate=True)
        # SECURITY: authenticated: nobody stops the e-mails of others by changing or guessing a token.
        opened = keyring.unsubscribing.decrypt_deterministically(sealed, PLACE)
        return UUID(bytes=opened[:16]), MailTopic(opened[16:].decode())
    except (TinkError, binascii.Error, ValueError):
        return None

"""E-mails from templates: one text in plain English becomes a text part and, by MJML, an HTML part.

A template's first line is the subject. Paragraphs are separated by empty lines; one that is `[words](address)` is a
button. The template is cut into paragraphs before values are put in, so that no value can make one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import mrml
from jinja2 import BaseLoader, Environment, StrictUndefined
from markupsafe import escape

from models.mail import Mail

FOLDER = Path(__file__).parent / "templates"
LAYOUT = "layout.mjml"
ENDING = (
    "This email was sent by Candour, {url}, because of what was done there with your email address. "
    "Nobody reads replies to it."
)
BUTTON = re.compile(r"\[(?P<words>[^\]]+)\]\((?P<address>.+)\)")
# The text of templates is no markup: what becomes HTML is escaped when it does.
TEXTS = Environment(loader=BaseLoader(), undefined=StrictUndefined, autoescape=False)  # noqa: S701
Values = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sender:
    """From whom e-mails come, and the address of the site."""

    name: str
    url: str

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or "localhost"


def templates() -> list[str]:
    """The names of all templates."""
    return sorted(path.stem for path in FOLDER.glob("*.txt"))


def render(mail: Mail, to: str, values: Values, sender: Sender) -> EmailMessage:
    """The whole e-mail; raises jinja2.UndefinedError where a value is missing."""
    subject, *paragraphs = _paragraphs(mail.template)
    message = EmailMessage(policy=SMTP)
    message["Subject"] = TEXTS.from_string(subject).render(values)
    message["From"] = sender.name
    message["To"] = to
    message["Date"] = format_datetime(mail.queued_at)
    # The same in every attempt, so that a mail server or reader can tell a repeat.
    message["Message-ID"] = f"<{mail.id}@{sender.host}>"
    message["Auto-Submitted"] = "auto-generated"
    ending = ENDING.format(url=sender.url)
    message.set_content(_text(paragraphs, values, ending))
    message.add_alternative(_html(message["Subject"], paragraphs, values, ending), subtype="html")
    return message


@cache
def _paragraphs(template: str) -> tuple[str, ...]:
    text = (FOLDER / f"{template}.txt").read_text(encoding="utf-8")
    return tuple(" ".join(part.split()) for part in text.split("\n\n") if part.strip())


def _text(paragraphs: list[str], values: Values, ending: str) -> str:
    found = []
    for paragraph in paragraphs:
        button = BUTTON.fullmatch(paragraph)
        shown = f"{button['words']}:\n{button['address']}" if button else paragraph
        found.append(TEXTS.from_string(shown).render(values))
    return "\n\n".join(part for part in [*found, ending] if part.strip()) + "\n"


def _html(subject: str, paragraphs: list[str], values: Values, ending: str) -> str:
    inside = "\n".join(_block(paragraph, values) for paragraph in paragraphs)
    layout = (FOLDER / LAYOUT).read_text(encoding="utf-8")
    filled = layout.replace("{{ subject }}", str(escape(subject))).replace("{{ ending }}", str(escape(ending)))
    return mrml.to_html(filled.replace("{{ body }}", inside)).content


def _block(paragraph: str, values: Values) -> str:
    button = BUTTON.fullmatch(paragraph)
    if button:
        address = escape(TEXTS.from_string(button["address"]).render(values))
        return f'<mj-button href="{address}">{escape(button["words"])}</mj-button>'
    # SECURITY: whatever a value holds is text, in HTML too.
    text = escape(TEXTS.from_string(paragraph).render(values))
    return f"<mj-text>{str(text).replace(chr(10), '<br/>')}</mj-text>" if text.strip() else ""

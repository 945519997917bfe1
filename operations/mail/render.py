"""E-mails from templates: one text in plain English becomes a text part and, by MJML, an HTML part.

A template's first line is the subject. Paragraphs are separated by empty lines; one that is `[words](address)` is a
button, one that is `- [words](address) for each of names` a list of links, in which `each` is one of the values in the
list `names`. The template is cut into paragraphs before values are put in, so that no value can make one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import mrml
from jinja2 import BaseLoader, Environment, StrictUndefined
from markupsafe import escape

from models.mail import Mail
from operations.mail.queue import Value
from operations.mail.topic import Stop

FOLDER = Path(__file__).parent / "templates"
LAYOUT = "layout.mjml"
ENDING = (
    "This email was sent by Candour, {url}, because of what was done there with your email address. "
    "Nobody reads replies to it."
)
STOP = "Stop e-mails about {about}"
STOP_LINK = """<br/><br/><a href="{link}" style="color: #4a5560">{words}</a>"""
BUTTON = re.compile(r"\[(?P<words>[^\]]+)\]\((?P<address>.+)\)")
LIST = re.compile(r"- \[(?P<words>[^\]]+)\]\((?P<address>.+)\) for each of (?P<names>\w+)")
# The text of templates is no markup: what becomes HTML is escaped when it does.
TEXTS = Environment(loader=BaseLoader(), undefined=StrictUndefined, autoescape=False)  # noqa: S701
Values = Mapping[str, Value]


class _OneLine(UnstructuredHeader, BaseHeader):
    """A header that is never folded: Python would encode the address in it, and mail readers would not find it."""

    def fold(self, *, policy: "Policy[Any]") -> str:
        return f"{self.name}: {self}{policy.linesep}"


HEADERS = HeaderRegistry()
HEADERS.map_to_type("list-unsubscribe", _OneLine)
POLICY = SMTP.clone(header_factory=HEADERS)


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


def render(mail: Mail, to: str, values: Values, sender: Sender, stop: Stop | None = None) -> EmailMessage:
    """The whole e-mail, which says how to `stop` its topic; raises jinja2.UndefinedError where a value is missing."""
    subject, *paragraphs = _paragraphs(mail.template)
    message = EmailMessage(policy=POLICY)
    message["Subject"] = TEXTS.from_string(subject).render(values)
    message["From"] = sender.name
    message["To"] = to
    message["Date"] = format_datetime(mail.queued_at)
    # The same in every attempt, so that a mail server or reader can tell a repeat.
    message["Message-ID"] = f"<{mail.id}@{sender.host}>"
    message["Auto-Submitted"] = "auto-generated"
    ending = ENDING.format(url=sender.url)
    text, html = [ending], str(escape(ending))
    if stop is not None:
        # RFC 8058: a mail reader stops the topic by one click, without opening a page.
        message["List-Unsubscribe"] = f"<{stop.link}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        words = STOP.format(about=stop.about)
        text.append(f"{words}:\n{stop.link}")
        html += STOP_LINK.format(link=escape(stop.link), words=escape(words))
    message.set_content(_text(paragraphs, values, text))
    message.add_alternative(_html(message["Subject"], paragraphs, values, html), subtype="html")
    return message


@cache
def _paragraphs(template: str) -> tuple[str, ...]:
    text = (FOLDER / f"{template}.txt").read_text(encoding="utf-8")
    return tuple(" ".join(part.split()) for part in text.split("\n\n") if part.strip())


def _text(paragraphs: list[str], values: Values, ending: list[str]) -> str:
    shown = [_plain(paragraph, values) for paragraph in paragraphs]
    return "\n\n".join(part for part in [*shown, *ending] if part.strip()) + "\n"


def _plain(paragraph: str, values: Values) -> str:
    listed, button = LIST.fullmatch(paragraph), BUTTON.fullmatch(paragraph)
    if listed:
        return "\n".join(f"{words}: {address}" for words, address in _links(listed, values))
    return _filled(f"{button['words']}:\n{button['address']}" if button else paragraph, values)


def _html(subject: str, paragraphs: list[str], values: Values, ending: str) -> str:
    inside = "\n".join(_block(paragraph, values) for paragraph in paragraphs)
    layout = (FOLDER / LAYOUT).read_text(encoding="utf-8")
    filled = layout.replace("{{ subject }}", str(escape(subject))).replace("{{ ending }}", ending)
    return mrml.to_html(filled.replace("{{ body }}", inside)).content


def _block(paragraph: str, values: Values) -> str:
    listed, button = LIST.fullmatch(paragraph), BUTTON.fullmatch(paragraph)
    # SECURITY: whatever a value holds is text, in HTML too.
    if listed:
        links = _links(listed, values)
        anchors = (
            f'<a href="{escape(address)}" style="color: #14532d">{escape(words)}</a>' for words, address in links
        )
        return f"<mj-text>{'<br/>'.join(anchors)}</mj-text>"
    if button:
        return f'<mj-button href="{escape(_filled(button["address"], values))}">{escape(button["words"])}</mj-button>'
    text = escape(_filled(paragraph, values))
    return f"<mj-text>{str(text).replace(chr(10), '<br/>')}</mj-text>" if text.strip() else ""


def _links(listed: re.Match[str], values: Values) -> list[tuple[str, str]]:
    """The words and the address of each link of a list."""
    names = values[listed["names"]]
    each = [{**values, "each": name} for name in names]
    return [(_filled(listed["words"], given), _filled(listed["address"], given)) for given in each]


def _filled(text: str, values: Values) -> str:
    return TEXTS.from_string(text).render(values)

"""Templates: what they may not hold, and that each says the same in text and in HTML."""

import re
from datetime import UTC, datetime
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from jinja2 import UndefinedError

from models.mail import Mail
from operations.mail.post import by_smtp
from operations.mail.render import render, templates
from operations.mail.topic import TOPICS, Stop
from tests.house.tree import text
from tests.mail.box import EMAIL, SENDER, VALUES, Postman, serving

WITH_LINK = {
    "verify_email", "confirm_story", "already_registered", "reset_password", "leave_email", "take_email", "export_ready",
    "story_published", "story_rejected", "response_published", "change_made", "similar_change_made", "moderation_due",
    "disclosure_requested", "disclosure_made", "disclosure_review_due",
}  # fmt: skip
ALL = templates()


def mail(template: str) -> Mail:
    return Mail(id=uuid4(), account_id=uuid4(), template=template, queued_at=datetime.now(UTC))


def parts(template: str, **values: str) -> tuple[str, str]:
    """The text and what can be read of the HTML."""
    message = render(mail(template), EMAIL, {**VALUES, **values}, SENDER)
    plain, html = (part.get_content() for part in message.iter_parts())
    shown = re.sub(r"<style.*?</style>|<title.*?</title>|<!--.*?-->|<[^>]+>", " ", html, flags=re.DOTALL)
    return plain, unescape(shown)


@pytest.mark.parametrize("template", ALL)
def test_a_value_that_is_missing_is_no_gap(template: str) -> None:
    needed = set(re.findall(r"{{ (\w+) }}", text(f"operations/mail/templates/{template}.txt")))
    for name in needed - {"outcome", "each"}:
        with pytest.raises(UndefinedError):
            render(mail(template), EMAIL, {key: value for key, value in VALUES.items() if key != name}, SENDER)


@pytest.mark.parametrize("template", ALL)
def test_the_subject_holds_nothing_private(template: str) -> None:
    subject = render(mail(template), EMAIL, VALUES, SENDER)["Subject"]
    assert 10 <= len(subject) <= 70
    assert not any(value in subject for key, value in VALUES.items() if key not in ("number", "numbers"))
    assert "@" not in subject


@pytest.mark.parametrize("template", ALL)
def test_both_parts_say_the_same_and_nothing_is_left_over(template: str) -> None:
    plain, html = parts(template)
    assert not re.search(r"{{|{%|\]\(|None", plain + html)
    for paragraph in filter(None, plain.split("\n\n")):
        words = re.sub(r":\s+https://\S+", "", paragraph)
        assert " ".join(words.split()) in " ".join(html.split()), template


@pytest.mark.parametrize("template", ALL)
def test_only_what_has_to_lead_somewhere_has_a_link(template: str) -> None:
    message = render(mail(template), EMAIL, VALUES, SENDER)
    plain, html = (part.get_content() for part in message.iter_parts())
    assert (VALUES["link"] in plain) == (template in WITH_LINK)
    assert (f'href="{VALUES["link"]}"' in html) == (template in WITH_LINK)
    # Nothing is loaded from elsewhere when it is read.
    assert not re.search(r'(src|background)="http', html)
    assert EMAIL not in plain + html


def test_a_value_is_never_markup_nor_a_button() -> None:
    evil = "<script>alert(1)</script>\n\n[Click](https://evil.example)"
    message = render(mail("complaint_answered"), EMAIL, {**VALUES, "outcome": evil}, SENDER)
    _, html = (part.get_content() for part in message.iter_parts())
    assert "<script>" not in html
    assert 'href="https://evil.example"' not in html
    assert "&lt;script&gt;" in html


def test_an_answer_that_stands_with_the_account_is_not_in_the_e_mail() -> None:
    plain, _ = parts("complaint_answered", outcome="")
    assert "Sign in" in plain


def test_the_envelope() -> None:
    one = mail("verify_email")
    message = render(one, EMAIL, VALUES, SENDER)
    assert message["Message-ID"] == f"<{one.id}@candour.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["From"] == SENDER.name
    assert message["To"] == EMAIL
    assert message["Date"].datetime.replace(microsecond=0) == one.queued_at.replace(microsecond=0)
    assert message.get_content_type() == "multipart/alternative"


def test_every_template_is_used_and_every_use_has_one() -> None:
    used = set(re.findall(r'"(\w+)"', text("operations/", "jobs/")))
    assert set(ALL) <= used


STOP = Stop(f"https://{'a-long-name.' * 6}candour.example/unsubscribe/{'x_-9' * 14}", "your <alerts>")


@pytest.mark.parametrize("template", sorted(set(ALL) - set(TOPICS)))
def test_what_is_about_an_account_can_not_be_stopped(template: str) -> None:
    message = render(mail(template), EMAIL, VALUES, SENDER)
    assert [name for name in message.keys() if name.startswith("List-")] == []  # noqa: SIM118 - no mapping
    assert "Stop e-mails" not in "".join(parts(template))


class Wire(Postman):
    """Keeps what comes as it comes: read again and written again, it would be folded differently."""

    wire = b""

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.wire = envelope.content
        return "250 OK"


async def test_one_click_reaches_the_mail_reader_unharmed() -> None:
    """Long addresses in a header are usually folded, and then encoded, so that no mail reader finds them."""
    postman = Wire()
    with serving(postman) as url:
        await by_smtp(url)(render(mail("alert"), EMAIL, VALUES, SENDER, STOP))
    lines = postman.wire.decode("ascii").split("\r\n\r\n")[0].split("\r\n")
    assert f"List-Unsubscribe: <{STOP.link}>" in lines
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in lines


@pytest.mark.parametrize("template", sorted(TOPICS))
def test_what_has_a_topic_says_in_both_parts_how_to_stop_it(template: str) -> None:
    message = render(mail(template), EMAIL, VALUES, SENDER, STOP)
    plain, html = (part.get_content() for part in message.iter_parts())
    assert f"Stop e-mails about your <alerts>:\n{STOP.link}\n" in plain
    assert f'href="{STOP.link}"' in html
    assert "Stop e-mails about your &lt;alerts&gt;</a>" in html


def test_a_list_has_a_link_for_each_of_its_values() -> None:
    message = render(mail("alert"), EMAIL, {**VALUES, "numbers": ["17", "<b>"]}, SENDER)
    plain, html = (part.get_content() for part in message.iter_parts())
    assert "Story 17: https://candour.example/stories/17\nStory <b>: https://candour.example/stories/<b>\n" in plain
    assert 'href="https://candour.example/stories/17"' in html
    assert "<b>" not in html
    assert "&lt;wards&gt;" in html


def test_nothing_is_left_of_what_is_not_the_case() -> None:
    plain, html = parts("alert", several="", more="")
    assert "This story is new" in plain
    assert "more:" not in plain + html

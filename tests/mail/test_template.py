"""Templates: what they may not hold, and that each says the same in text and in HTML."""

import re
from datetime import UTC, datetime
from html import unescape
from uuid import uuid4

import pytest
from jinja2 import UndefinedError

from models.mail import Mail
from operations.mail.render import render, templates
from tests.house.tree import text
from tests.mail.box import EMAIL, SENDER, VALUES

WITH_LINK = {
    "verify_email", "confirm_story", "already_registered", "reset_password", "leave_email", "take_email", "export_ready",
    "story_published", "story_rejected", "response_published", "change_made", "similar_change_made",
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
    for name in needed - {"outcome"}:
        with pytest.raises(UndefinedError):
            render(mail(template), EMAIL, {key: value for key, value in VALUES.items() if key != name}, SENDER)


@pytest.mark.parametrize("template", ALL)
def test_the_subject_holds_nothing_private(template: str) -> None:
    subject = render(mail(template), EMAIL, VALUES, SENDER)["Subject"]
    assert 10 <= len(subject) <= 70
    assert not any(value in subject for key, value in VALUES.items() if key != "number")
    assert "@" not in subject


@pytest.mark.parametrize("template", ALL)
def test_both_parts_say_the_same_and_nothing_is_left_over(template: str) -> None:
    plain, html = parts(template)
    assert not re.search(r"{{|{%|\]\(|None", plain + html)
    for paragraph in filter(None, plain.split("\n\n")):
        words = paragraph.split(":\nhttps://")[0]
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

"""Sending: what is not sent, what is sent once, and what becomes of failures."""

import asyncio
import logging
import stat
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from operations.erasure import PATIENCE_SECONDS
from operations.mail import post as post_office
from operations.mail.post import by_smtp, into_folder
from operations.mail.purge import forget_files, purge_files, purge_mail
from tests.mail.box import EMAIL, Box, Gate, Postman, serving

TIMEOUT = post_office.TIMEOUT_SECONDS


async def never(_message: object) -> None:
    raise AssertionError("nothing is to be sent")


async def test_an_erased_persons_mail_is_never_sent(box: Box) -> None:
    await box.queue(count=2)
    await box.connection.execute("delete from account where id = $1", box.person)
    assert await box.send(never) is False
    assert await box.connection.fetchval("select count(*) from mail") == 0
    assert await box.connection.fetchval("select count(*) from person_key") == 0


async def test_what_is_not_due_waits(box: Box) -> None:
    (id_,) = await box.queue()
    await box.connection.execute("update mail set due_at = now() + interval '1 minute' where id = $1", id_)
    assert await box.send(never) is False


async def test_nothing_of_an_e_mail_lies_open_in_the_database(box: Box) -> None:
    (id_,) = await box.queue()
    row = await box.row(id_)
    assert b"canary" not in row["content"]
    assert "canary" not in str([value for value in row.values() if not isinstance(value, bytes)])


async def test_once_it_is_sent_its_content_is_gone(box: Box) -> None:
    (id_,) = await box.queue()
    postman = Postman()
    with serving(postman) as url:
        assert await box.send(by_smtp(url)) is True
        assert await box.send(by_smtp(url)) is False
    (message,) = postman.taken
    assert (message["To"], message["Message-ID"]) == (EMAIL, f"<{id_}@candour.example>")
    row = await box.row(id_)
    assert (row["content"], row["failed_at"], row["fault"]) == (None, None, None)
    assert row["sent_at"] is not None


@pytest.mark.parametrize("refusal", ["450 Busy canary", "421 Shutting down"])
async def test_a_passing_failure_is_tried_again_later_and_later(box: Box, refusal: str) -> None:
    (id_,) = await box.queue()
    waits: list[float] = []
    with serving(Postman(refusal)) as url:
        for _ in range(4):
            await box.connection.execute("update mail set due_at = statement_timestamp()")
            assert await box.send(by_smtp(url)) is True
            waits.append(
                await box.connection.fetchval("select extract(epoch from due_at - statement_timestamp()) from mail")
            )
    row = await box.row(id_)
    assert (row["attempts"], row["sent_at"], row["failed_at"]) == (4, None, None)
    assert "canary" not in row["fault"]
    assert 40 < waits[0] < 80 < waits[1] < waits[2] < waits[3] < 600


async def test_no_server_at_all_is_a_passing_failure(box: Box) -> None:
    (id_,) = await box.queue()
    assert await box.send(by_smtp("smtp://127.0.0.1:1")) is True
    assert (await box.row(id_))["fault"] == "SMTPConnectError"


async def test_a_refusal_for_good_ends_it(box: Box) -> None:
    (id_,) = await box.queue()
    with serving(Postman("550 No such mailbox canary")) as url:
        assert await box.send(by_smtp(url)) is True
        assert await box.send(by_smtp(url)) is False
    row = await box.row(id_)
    assert (row["fault"], row["content"], row["sent_at"]) == ("RefusedError", None, None)
    assert row["failed_at"] is not None


@pytest.mark.parametrize("command", ["MAIL", "RCPT"])
async def test_what_the_settings_are_to_blame_for_costs_no_e_mail(box: Box, command: str) -> None:
    (id_,) = await box.queue()
    with serving(Gate(command, "530 Authentication required canary")) as url:
        assert await box.send(by_smtp(url)) is True
    row = await box.row(id_)
    assert (row["attempts"], row["failed_at"]) == (1, None)
    assert row["content"] is not None


async def test_an_unknown_mailbox_ends_it(box: Box) -> None:
    (id_,) = await box.queue()
    with serving(Gate("RCPT", "550 No such mailbox canary")) as url:
        assert await box.send(by_smtp(url)) is True
    assert (await box.row(id_))["fault"] == "RefusedError"


async def test_a_password_goes_to_no_server_in_clear(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(post_office, "NEAR", set())
    (id_,) = await box.queue()
    postman = Postman()
    with serving(postman) as url:
        assert await box.send(by_smtp(url.replace("//", "//candour:canary@"))) is True
    assert postman.taken == []
    assert (await box.row(id_))["fault"] == "SMTPException"


async def test_a_slow_server_does_not_keep_an_erasure_waiting(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(post_office, "TIMEOUT_SECONDS", 0.2)
    (id_,) = await box.queue()
    with serving(Gate("RCPT", "250 OK", seconds=2)) as url:
        assert await box.send(by_smtp(url)) is True
    row = await box.row(id_)
    assert (row["sent_at"], row["attempts"]) == (None, 1)
    assert PATIENCE_SECONDS >= 2 * TIMEOUT


async def test_after_two_days_it_is_given_up(box: Box) -> None:
    (id_,) = await box.queue()
    await box.connection.execute("update mail set queued_at = queued_at - interval '49 hours'")
    assert await box.send(by_smtp("smtp://127.0.0.1:1")) is True
    row = await box.row(id_)
    assert row["failed_at"] is not None
    assert row["content"] is None


async def test_one_that_can_not_be_made_does_not_stop_the_others(box: Box) -> None:
    (broken,) = await box.queue("no_such_template")
    (whole,) = await box.queue()
    sent: list[str] = []

    async def post(message: EmailMessage) -> None:
        sent.append(message["Message-ID"])

    assert [await box.send(post) for _ in range(3)] == [True, True, False]
    assert sent == [f"<{whole}@candour.example>"]
    assert (await box.row(broken))["fault"] == "FileNotFoundError"


async def test_two_workers_share_what_is_due(box: Box) -> None:
    ids = await box.queue(count=12)
    sent: list[str] = []

    async def slow(message: EmailMessage) -> None:
        await asyncio.sleep(0.01)
        sent.append(message["Message-ID"])

    async def work() -> None:
        while await box.send(slow):
            pass

    await asyncio.gather(work(), work())
    assert sorted(sent) == sorted(f"<{id_}@candour.example>" for id_ in ids)


async def test_a_person_who_is_erased_meanwhile_gets_it_before_or_never(box: Box) -> None:
    await box.queue()
    sending, go_on = asyncio.Event(), asyncio.Event()

    async def post(_message: object) -> None:
        sending.set()
        await go_on.wait()

    sender = asyncio.create_task(box.send(post))
    await sending.wait()
    erasing = asyncio.create_task(box.connection.execute("delete from account where id = $1", box.person))
    await asyncio.sleep(0.05)
    assert not erasing.done()
    go_on.set()
    assert await sender is True
    await erasing
    assert await box.connection.fetchval("select count(*) from mail") == 0


async def test_without_a_server_it_is_a_file_for_our_eyes(box: Box, tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    (id_,) = await box.queue()
    assert await box.send(into_folder(folder)) is True
    path = folder / f"{id_}.eml"
    assert [file.name for file in folder.iterdir()] == [path.name]
    assert (stat.S_IMODE(path.stat().st_mode), stat.S_IMODE(folder.stat().st_mode)) == (0o600, 0o700)
    assert EMAIL.encode() in path.read_bytes()


async def test_an_address_in_any_script_can_be_written_to(tmp_path: Path) -> None:
    message = EmailMessage(policy=SMTP)
    message["To"], message["Message-ID"] = "jörg@bücher.example", "<1@candour.example>"
    await into_folder(tmp_path)(message)
    assert [path.name for path in tmp_path.iterdir()] == ["1.eml"]


async def test_what_a_killed_worker_left_half_written_goes_too(box: Box, tmp_path: Path) -> None:
    told, untold = await box.queue(count=2)
    for id_ in (told, untold):
        (tmp_path / f"{id_}.draft").write_text(EMAIL)
    forget_files(tmp_path, [told])
    assert [path.name for path in tmp_path.iterdir()] == [f"{untold}.draft"]
    await box.connection.execute("delete from account")
    async with box.transaction() as session:
        assert await purge_files(session, tmp_path) == 1
    assert list(tmp_path.iterdir()) == []


async def test_files_of_the_erased_are_deleted(box: Box, tmp_path: Path) -> None:
    first, _ = await box.queue(count=2)
    while await box.send(into_folder(tmp_path)):
        pass
    (tmp_path / "notes.eml").write_text("not ours")
    forget_files(tmp_path, [first])
    assert not (tmp_path / f"{first}.eml").exists()
    await box.connection.execute("delete from account")
    async with box.transaction() as session:
        assert await purge_files(session, tmp_path) == 1
        assert await purge_files(session, tmp_path / "nowhere") == 0
    assert [path.name for path in tmp_path.iterdir()] == ["notes.eml"]


async def test_rows_are_kept_for_a_month(box: Box, tmp_path: Path) -> None:
    old, new = await box.queue(count=2)
    while await box.send(into_folder(tmp_path)):
        pass
    waiting = (await box.queue())[0]
    await box.connection.execute("update mail set sent_at = sent_at - interval '31 days' where id = $1", old)
    async with box.transaction() as session:
        assert await purge_mail(session) == 1
    left = {row["id"] for row in await box.connection.fetch("select id from mail")}
    assert left == {new, waiting}


async def test_nothing_private_is_logged(
    box: Box, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await box.queue(count=3)
    with serving(Postman("550 canary")) as url:
        await box.send(by_smtp(url))
    await box.send(by_smtp("smtp://127.0.0.1:1"))
    with serving(Postman()) as url:
        await box.send(by_smtp(url))
    out, err = capfd.readouterr()
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("mail.log")]
    assert "canary" not in out + err + "\n".join(ours)

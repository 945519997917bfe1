"""The address in each e-mail that stops its topic: a page for people, one click for mail readers (RFC 8058).

Nobody signs in for it: the token in the address tells whose e-mails about what stop, and is of no other use. So a
request from another site needs no guard either: whoever has the token may do this.
"""

from dataclasses import dataclass
from html import escape
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from models.mail import MailTopic
from models.secret import Keyring
from operations.attempt import Transaction
from operations.mail.preference import refuse
from operations.mail.topic import ABOUT, PATH, unseal
from schema.endpoint.failure import failed
from schema.endpoint.log import Trail
from schema.endpoint.page import SAFETY

ROUTE = f"{PATH}{{token}}"
METHODS = ["GET", "HEAD", "POST"]
NAME = "unsubscribe"
"""How the log calls these requests: never with the token."""
PAGE = (Path(__file__).parent / "stop" / "page.html").read_text(encoding="utf-8")
FORM = '<form method="post"><button>Stop these e-mails</button></form>'
# SECURITY: no script at all; the form goes to this very address; the page can't be framed, so that nobody is led to
# press its button unawares.
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {**SAFETY, "Content-Security-Policy": _POLICY, "Cache-Control": "private, no-store"}
AGAIN = "To get them again, sign in and say so in your account."


@dataclass(frozen=True, slots=True)
class Unsubscribing:
    """Answers requests to stop e-mails."""

    transaction: Transaction
    keyring: Keyring

    async def __call__(self, request: Request) -> Response:
        """A page that asks, or says what was done, or why not."""
        trail = Trail()
        trail.operation = NAME
        try:
            response = await self._respond(request)
        except Exception as error:
            # SECURITY: P27: an unforeseen failure leaves as a reference only.
            failure = failed(trail.reference, error)
            response = _page(failure.status, "Something went wrong", failure.message)
            response.raw_headers.extend(failure.headers)
        response.headers["X-Request-Id"] = trail.reference
        trail.end(response.status_code)
        return response

    async def _respond(self, request: Request) -> Response:
        found = unseal(self.keyring, request.path_params["token"])
        if found is None:
            return _page(404, "This link does not work", "It is not complete. Open the whole link from the e-mail.")
        account_id, topic = found
        # What programs open that look through e-mails changes nothing.
        if request.method != "POST":
            return _page(200, *_question(topic), FORM)
        # SECURITY: P18: the answer is the same whether there still is an account, and whether it was asked before.
        async with self.transaction() as session:
            await refuse(session, account_id, topic)
        return _page(200, "You get no more of these e-mails", f"We stopped e-mails about {ABOUT[topic]}. {AGAIN}")


def _question(topic: MailTopic) -> tuple[str, str]:
    asked = f"Do you want no more e-mails about {ABOUT[topic]}? You still get those about your account and its safety."
    return "Stop these e-mails?", asked


def _page(status: int, title: str, text: str, form: str = "") -> Response:
    filled = PAGE.replace("{title}", escape(title)).replace("{text}", escape(text)).replace("{form}", form)
    return Response(filled, status, HEADERS, media_type="text/html")

"""Who sends a request: its token, in a header or a cookie, and the stated purpose of use become a viewer."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from policies.viewer import Anonymous, Member, Purpose, Viewer, may_use, parse_purpose
from schema.endpoint.cookie import CSRF, Cookie
from schema.endpoint.refusal import Header, RefusalError, bad_request

Authenticate = Callable[[str], Awaitable[Member | None]]

ANONYMOUS = Anonymous()
_CHALLENGE = (b"www-authenticate", b"Bearer")


async def identify(
    headers: Mapping[bytes, bytes], authenticate: Authenticate, cookie: Cookie, *, bare: bool = False
) -> tuple[Viewer, str | None]:
    """The viewer and the token.

    A bearer token comes before the cookie. The cookie needs the header against forgery too, unless `bare` says that
    the address does without. Raises RefusalError for a token that signs nobody in, for a cookie that another site may
    have sent along, and for an unfit purpose.
    """
    credentials = headers.get(b"authorization")
    stated = headers.get(b"candour-purpose")
    if credentials is not None:
        member, token = await _by_header(credentials, authenticate)
    elif (kept := cookie.read(headers)) is not None:
        # SECURITY: browsers send a cookie along with what other sites cause; a header of its own they don't.
        if not bare and not headers.get(CSRF):
            raise _forbidden(
                "A request with the session's cookie needs the header Candour-CSRF, e.g. with the value 1."
            )
        member, token = await _by_cookie(kept, authenticate, cookie), kept
    else:
        return _nobody(stated), None
    return (_with_purpose(member, stated) if stated is not None else member), token


def unauthenticated(*more: Header) -> RefusalError:
    """The same refusal for an unknown, an ended and an expired token: nobody learns which."""
    message = "The token is unknown or has expired. Sign in again, or leave out the Authorization header."
    return RefusalError(401, "UNAUTHENTICATED", message, (_CHALLENGE, *more))


async def _by_header(credentials: bytes, authenticate: Authenticate) -> tuple[Member, str]:
    scheme, _, sent = credentials.partition(b" ")
    sent = sent.strip()
    if scheme.lower() != b"bearer" or not sent or not sent.isascii():
        raise unauthenticated()
    token = sent.decode("ascii")
    member = await authenticate(token)
    if member is None:
        raise unauthenticated()
    return member, token


async def _by_cookie(token: str, authenticate: Authenticate, cookie: Cookie) -> Member:
    member = await authenticate(token)
    if member is None:
        # The browser forgets a cookie that is worth nothing, so that the next request is a visitor's.
        raise unauthenticated((b"set-cookie", cookie.drop().encode("ascii")))
    return member


def _nobody(stated: bytes | None) -> Viewer:
    # SECURITY: without a token there are no roles, and so no purpose that could be used.
    if stated is not None:
        _purpose(stated)
        raise _forbidden("A purpose of use needs a token: sign in first.")
    return ANONYMOUS


def _with_purpose(member: Member, stated: bytes) -> Member:
    purpose, reference = _purpose(stated)
    # SECURITY: a purpose opens private fields only for the roles that it belongs to.
    if not may_use(member.roles, purpose):
        raise _forbidden(f'The purpose "{purpose}" does not fit your roles.')
    return replace(member, purpose=purpose, reference=reference)


def _purpose(stated: bytes) -> tuple[Purpose, str | None]:
    try:
        return parse_purpose(stated.decode("latin-1"))
    except ValueError as error:
        raise bad_request(f"Candour-Purpose: {error}") from None


def _forbidden(message: str) -> RefusalError:
    return RefusalError(403, "FORBIDDEN", message)

"""Who sends a request: the bearer token and the stated purpose of use become a viewer."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from policies.viewer import Anonymous, Member, Purpose, Viewer, may_use, parse_purpose
from schema.endpoint.refusal import RefusalError, bad_request

Authenticate = Callable[[str], Awaitable[Member | None]]

ANONYMOUS = Anonymous()
_CHALLENGE = ((b"www-authenticate", b"Bearer"),)


async def identify(headers: Mapping[bytes, bytes], authenticate: Authenticate) -> tuple[Viewer, str | None]:
    """The viewer and the token.

    Raises RefusalError for a token that signs nobody in, and for an unfit purpose.
    """
    credentials = headers.get(b"authorization")
    stated = headers.get(b"candour-purpose")
    if credentials is None:
        # SECURITY: without a token there are no roles, and so no purpose that could be used.
        if stated is not None:
            _purpose(stated)
            raise _forbidden("A purpose of use needs a token: sign in first.")
        return ANONYMOUS, None
    token = _bearer(credentials)
    member = await authenticate(token)
    if member is None:
        raise unauthenticated()
    return (_with_purpose(member, stated) if stated is not None else member), token


def unauthenticated() -> RefusalError:
    """The same refusal for an unknown, an ended and an expired token: nobody learns which."""
    message = "The token is unknown or has expired. Sign in again, or leave out the Authorization header."
    return RefusalError(401, "UNAUTHENTICATED", message, _CHALLENGE)


def _bearer(credentials: bytes) -> str:
    scheme, _, token = credentials.partition(b" ")
    token = token.strip()
    if scheme.lower() != b"bearer" or not token or not token.isascii():
        raise unauthenticated()
    return token.decode("ascii")


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

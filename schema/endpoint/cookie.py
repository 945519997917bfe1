"""The session's cookie, for browsers: no script can read it, and no other site can use it."""

from collections.abc import Mapping
from dataclasses import dataclass

from settings import Settings

CSRF = b"candour-csrf"
"""The header that a request with the cookie must have: no other site's page can send it without being asked first."""


@dataclass(frozen=True, slots=True)
class Cookie:
    """How the cookie is called and kept; `secure` where the site is reached by https, `seconds` is its lifetime."""

    secure: bool = False
    seconds: int = 12 * 3600

    @property
    def name(self) -> str:
        # SECURITY: browsers take a __Host- cookie from this very host only, by https: no other site plants one.
        return "__Host-candour" if self.secure else "candour"

    def read(self, headers: Mapping[bytes, bytes]) -> str | None:
        """The token in a request's cookie; None where there is none."""
        sent = headers.get(b"cookie")
        if sent is None:
            return None
        pairs = (part.strip().partition(b"=") for part in sent.split(b";"))
        return next((value.decode("latin-1") for name, is_, value in pairs if is_ and name == self.name.encode()), None)

    def keep(self, token: str) -> str:
        """The `Set-Cookie` header that gives a browser the token."""
        return self._set(token, self.seconds)

    def drop(self) -> str:
        """The `Set-Cookie` header that takes it away."""
        return self._set("", 0)

    def _set(self, value: str, seconds: int) -> str:
        # SECURITY: no script reads it, no other site's form or image sends it along.
        attributes = f"Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax"
        return f"{self.name}={value}; {attributes}" + ("; Secure" if self.secure else "")


def session_cookie(settings: Settings) -> Cookie:
    """The cookie as the deployment has it."""
    return Cookie(settings.url.startswith("https:"), settings.session_hours * 3600)

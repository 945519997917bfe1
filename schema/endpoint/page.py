"""GraphiQL for browsers: a page of our own around its bundled files, with nothing from other sites."""

from collections.abc import Awaitable, Callable, Sequence
from importlib.resources import files
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route
from starlette.types import Send

from schema.endpoint.log import Trail
from schema.endpoint.refusal import Header

OWN = Path(__file__).parent / "graphiql"
BUNDLED = Path(str(files("graphene_django_graphiql_static"))) / "static" / "graphene_django_graphiql_static"

# SECURITY: only these files are served; a name from the URL is looked up here and never joined to a folder.
ASSETS = {
    "page.css": OWN / "page.css",
    "page.js": OWN / "page.js",
    "examples.js": OWN / "examples.js",
    "react.js": BUNDLED / "react.production.min.js",
    "react-dom.js": BUNDLED / "react-dom.production.min.js",
    "graphiql.js": BUNDLED / "graphiql.min.js",
    "graphiql.css": BUNDLED / "graphiql.min.css",
}
# SECURITY: scripts from here only, connections to here only.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
SAFETY = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def graphiql_page(*, demo: bool, safe: Sequence[Header] = ()) -> Callable[[Send, Trail], Awaitable[int]]:
    """Sends the page; with `demo` it can sign in as the people of the demo world. `safe` goes with all that is sent."""
    html = (OWN / "page.html").read_text().replace("{demo}", "yes" if demo else "no").encode()
    own = {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "private, no-store", "Vary": "Accept"}
    fixed = {**own, **SAFETY, "Content-Security-Policy": _POLICY, "Content-Length": str(len(html))}
    said = {name.lower().encode(): value.encode() for name, value in fixed.items()}
    headers = list({**dict(safe), **said}.items())

    async def page(send: Send, trail: Trail) -> int:
        reference = (b"x-request-id", trail.reference.encode())
        await send({"type": "http.response.start", "status": 200, "headers": [*headers, reference]})
        await send({"type": "http.response.body", "body": html})
        return 200

    return page


def asset_route() -> Route:
    """The route of the page's scripts and styles."""
    return Route("/graphiql/{name}", _asset, methods=["GET"])


async def _asset(request: Request) -> Response:
    path = ASSETS.get(request.path_params["name"])
    if path is None:
        return Response("There is no such file.", 404, media_type="text/plain")
    return FileResponse(path, headers={"Cache-Control": "public, max-age=3600", **SAFETY})

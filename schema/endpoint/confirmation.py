"""The page behind the links of e-mails: what follows the # is read in the browser and sent by POST, never in a URL."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from schema.endpoint.page import SAFETY

OWN = Path(__file__).parent / "confirm"

# SECURITY: only these files are served; a name from the URL is looked up here and never joined to a folder.
ASSETS = {"page.css": OWN / "page.css", "page.js": OWN / "page.js"}
# SECURITY: a page that holds a token and a new password talks to nobody but this site, and can't be framed.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)


def confirmation_routes() -> list[Route]:
    """The page and its scripts and styles."""
    return [
        Route("/confirm", _page, methods=["GET"]),
        Route("/confirm/{name}", _asset, methods=["GET"]),
    ]


async def _page(_: Request) -> Response:
    headers = {**SAFETY, "Content-Security-Policy": _POLICY, "Cache-Control": "private, no-store"}
    return FileResponse(OWN / "page.html", headers=headers)


async def _asset(request: Request) -> Response:
    path = ASSETS.get(request.path_params["name"])
    if path is None:
        return Response("There is no such file.", 404, media_type="text/plain")
    return FileResponse(path, headers={"Cache-Control": "public, max-age=3600", **SAFETY})

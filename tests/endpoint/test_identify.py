"""Who asks: bearer tokens and purposes of use."""

from typing import Any

import httpx2
import pytest

from models.account import PlatformRole
from policies.viewer import Member, Purpose

ASK = {"query": "{ ok }"}
SIGNED_IN = "Bearer a-good-token"


async def ask(http: httpx2.AsyncClient, **headers: str) -> httpx2.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await http.post("/graphql", json=ASK, headers=named)


@pytest.mark.parametrize(
    "credentials",
    [
        "Bearer unknown",
        "Bearer",
        "Bearer ",
        "a-good-token",
        "Basic YTpi",
        "Bearer a-good-token x",
        "Token a-good-token",
        "",
    ],
)
async def test_credentials_that_sign_nobody_in_are_refused_alike(
    http: httpx2.AsyncClient, stand_in: Any, credentials: str
) -> None:
    answer = await ask(http, authorization=credentials)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    (error,) = answer.json()["errors"]
    assert error["extensions"] == {"code": "UNAUTHENTICATED"}
    assert error["message"].startswith("The token is unknown or has expired.")
    assert stand_in.asked == []


async def test_bytes_beyond_ascii_are_no_token(http: httpx2.AsyncClient) -> None:
    headers = [(b"authorization", "Bearer a-good-tokén".encode())]
    assert (await http.post("/graphql", json=ASK, headers=headers)).status_code == 401


@pytest.mark.parametrize(
    "stated", ["curiosity", "", "abuse; ref=", "abuse; case=1", "abuse; ref=a; ref=b", "abuse; ref=a b"]
)
async def test_a_malformed_purpose_is_refused(http: httpx2.AsyncClient, stand_in: Any, stated: str) -> None:
    stand_in.roles = frozenset(PlatformRole)
    for headers in ({}, {"authorization": SIGNED_IN}):
        answer = await ask(http, candour_purpose=stated, **headers)
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT"}
    assert stand_in.asked == []


@pytest.mark.parametrize(
    ("roles", "stated"),
    [
        ((), "abuse"),
        ((PlatformRole.MODERATOR,), "safeguarding; ref=CASE-12"),
        ((PlatformRole.SAFEGUARDING,), "abuse; ref=CASE-12"),
        ((PlatformRole.ABUSE,), "rights-request"),
        ((PlatformRole.ADMIN,), "complaint"),
    ],
)
async def test_a_purpose_that_does_not_fit_the_roles_is_forbidden(
    http: httpx2.AsyncClient, stand_in: Any, roles: tuple[PlatformRole, ...], stated: str
) -> None:
    stand_in.roles = frozenset(roles)
    answer = await ask(http, authorization=SIGNED_IN, candour_purpose=stated)
    assert answer.status_code == 403
    assert answer.json()["errors"][0]["extensions"] == {"code": "FORBIDDEN"}
    assert stand_in.asked == []


async def test_a_purpose_without_a_token_is_forbidden(http: httpx2.AsyncClient, stand_in: Any) -> None:
    assert (await ask(http, candour_purpose="abuse")).status_code == 403
    assert stand_in.asked == []


async def test_a_fitting_purpose_reaches_the_executor(http: httpx2.AsyncClient, stand_in: Any) -> None:
    stand_in.roles = frozenset({PlatformRole.ABUSE})
    answer = await ask(http, authorization="bearer  a-good-token", candour_purpose="abuse; ref=CASE-12")
    assert answer.status_code == 200
    ((_, viewer),) = stand_in.asked
    assert isinstance(viewer, Member)
    assert (viewer.purpose, viewer.reference) == (Purpose.ABUSE, "CASE-12")


async def test_without_a_purpose_a_role_states_none(http: httpx2.AsyncClient, stand_in: Any) -> None:
    stand_in.roles = frozenset({PlatformRole.ABUSE})
    await ask(http, authorization=SIGNED_IN)
    assert stand_in.asked[0][1].purpose is None


async def test_a_mutation_gets_the_token(http: httpx2.AsyncClient, stand_in: Any) -> None:
    query = {"query": "mutation { signOut { viewer { kind } } }"}
    await http.post("/graphql", json=query, headers={"authorization": SIGNED_IN})
    ((_, viewer, token),) = stand_in.mutated
    assert (str(viewer.kind), token) == ("member", "a-good-token")

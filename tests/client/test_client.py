"""The clients that people use understand the server: graphql-http's audits, Apollo, urql, graphql-ws, graphql-sse, Relay."""

import asyncio
import json
import subprocess
from pathlib import Path

import pytest

from tests.house.tree import ROOT

CLIENTS = ("audit", "apollo", "urql", "graphql-ws", "graphql-sse")
LEAST = {"audit": 62, "apollo": 7, "urql": 7, "graphql-ws": 5, "graphql-sse": 3}
"""How many checks there are of each."""
Said = dict[str, str | None]


@pytest.fixture(scope="session")
async def said(packages: Path, served: str, token: str, publishing: None) -> Said:
    """What is wrong by each check, if anything."""
    node = await asyncio.create_subprocess_exec(
        "node", "main.mjs", served, token, cwd=packages, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    async with asyncio.timeout(180):
        out, err = await node.communicate()
    assert node.returncode == 0, err.decode()
    lines = [json.loads(line) for line in out.splitlines()]
    return {line["name"]: line["wrong"] for line in lines}


@pytest.mark.parametrize("client", CLIENTS)
async def test_a_client_understands_the_server(said: Said, client: str) -> None:
    mine = {name: wrong for name, wrong in said.items() if name.startswith(client)}
    assert {name: wrong for name, wrong in mine.items() if wrong} == {}
    assert len(mine) >= LEAST[client]


def test_relay_compiles_against_the_schema(packages: Path, tmp_path: Path) -> None:
    """Fragments, connections and refetching by `node`, as an app with Relay has them."""
    source = tmp_path / "src"
    source.mkdir()
    (source / "story.js").write_text((packages / "relay.js").read_text())
    config = {"src": "./src", "language": "javascript", "schema": str(ROOT / "docs" / "schema.graphql")}
    (tmp_path / "relay.config.json").write_text(json.dumps(config))
    command = ["node", str(packages / "node_modules" / "relay-compiler" / "cli.js"), "relay.config.json"]
    found = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert found.returncode == 0, found.stdout + found.stderr
    made = {path.name for path in source.rglob("*.graphql.js")}
    assert {"storyPageQuery.graphql.js", "storyPaginationQuery.graphql.js", "story_marks.graphql.js"} <= made

"""Manifests of trusted documents: what is none stops the start, and says which file it is."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from schema.endpoint.document import ManifestError, read_manifests
from settings import ROOT, Settings

APOLLO = {
    "format": "apollo-persisted-query-manifest",
    "version": 1,
    "operations": [{"id": "a1", "name": "Tags", "type": "query", "body": "query Tags { tags { totalCount } }"}],
}


def _written(folder: Path, name: str, what: Any) -> Path:
    path = folder / name
    path.write_text(what if isinstance(what, str) else json.dumps(what))
    return path


@pytest.mark.parametrize(
    "what",
    ["", "{", "[]", '"x"', "null", [["a", "{ tags { totalCount } }"]], {"a": 1}, {"a": None}, {"a": ""}, {"a": {"b": "c"}},
     {**APOLLO, "operations": None}, {**APOLLO, "operations": [{"id": "a"}]}, {**APOLLO, "operations": [1]},
     {**APOLLO, "operations": [{"id": "a", "body": 1}]}],
)  # fmt: skip
def test_what_is_no_manifest_is_refused(tmp_path: Path, what: Any) -> None:
    path = _written(tmp_path, "m.json", what)
    with pytest.raises(ManifestError, match=r"m\.json"):
        read_manifests([path])


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match=r"none\.json"):
        read_manifests([tmp_path / "none.json"])


def test_an_id_stands_for_one_document(tmp_path: Path) -> None:
    first = _written(tmp_path, "a.json", {"x": "{ a }"})
    second = _written(tmp_path, "b.json", {"x": "{ b }"})
    with pytest.raises(ManifestError, match=r"b\.json.*'x'"):
        read_manifests([first, second])


def test_all_formats_may_be_mixed(tmp_path: Path) -> None:
    codegen = _written(tmp_path, "persisted-documents.json", {"5c9b": "query A { tags { totalCount } }"})
    relay = _written(
        tmp_path, "relay.json", {"0b1f3a6c": "query B { __typename }", "5c9b": "query A { tags { totalCount } }"}
    )
    apollo = _written(tmp_path, "apollo.json", APOLLO)
    assert read_manifests([codegen, relay, apollo]) == {
        "5c9b": "query A { tags { totalCount } }",
        "0b1f3a6c": "query B { __typename }",
        "a1": "query Tags { tags { totalCount } }",
    }


def test_visitors_who_may_only_run_trusted_documents_need_some() -> None:
    with pytest.raises(ValidationError, match="CANDOUR_DOCUMENTS_ONLY needs CANDOUR_DOCUMENTS"):
        Settings(CANDOUR_DOCUMENTS_ONLY=True)


def test_files_are_named_in_a_list() -> None:
    found = Settings(CANDOUR_DOCUMENTS="web/a.json, /srv/b.json,").manifests
    assert found == (ROOT / "web" / "a.json", Path("/srv/b.json"))

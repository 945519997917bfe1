"""The commands `policy lint`, `matrix`, `explain` and `contract`, as somebody at a terminal sees them."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from graphql import build_schema
from typer.testing import CliRunner, Result

from policies.plan import FOLDER, Policies
from policies.viewer import Kind, Purpose, all_kinds
from schema.api import fields
from schema.documentation.access import Table
from schema.policy import source
from schema.policy.commands import policy
from schema.policy.kind import kind_of

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def linted() -> Policies:
    return Policies.load(fields=fields())


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, linted: Policies) -> Run:
    """Runs a command; the rules are linted once for all."""
    monkeypatch.setattr(source, "loaded", lambda _folder: linted)
    return lambda *words: CliRunner().invoke(policy, words, catch_exceptions=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the rules."""
    for path in FOLDER.glob("*.polar"):
        shutil.copy(path, tmp_path)
    return tmp_path


def test_lint_names_what_is_wrong_with_file_and_line(folder: Path) -> None:
    rules = folder / "tag.polar"
    lines = rules.read_text().splitlines()
    at = next(n for n, line in enumerate(lines, 1) if line.startswith("grant("))
    rules.write_text("\n".join(lines).replace('"label"]', '"lable"]'))
    result = CliRunner().invoke(policy, ["lint", "--folder", str(folder)])
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [f"tag.polar:{at}: the schema has no field Tag.lable"]
    assert result.stdout == ""


def test_lint_is_content_with_the_rules_as_they_are() -> None:
    result = CliRunner().invoke(policy, ["lint"])
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.endswith("nothing to mend.\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("explain", "--viewer", "author", "--field", "Story.title"), "A kind of viewer is"),
        (("explain", "--viewer", "staff:spite", "--field", "Story.title"), "A purpose of use is one of"),
        (("explain", "--viewer", "staff:abuse", "--field", "Story.title"), "can't state this"),
        (("explain", "--viewer", "staff", "--field", "Tale.title"), "Tale is none"),
        (("explain", "--viewer", "staff", "--field", "Story.secret"), "Story has no field secret"),
        (("explain", "--viewer", "staff", "--field", "Story.title", "--action", "sing"), "The actions on Story are"),
        (("explain", "--viewer", "staff", "--field", "Story.title", "--action", "respond"), "Story.respond"),
        (("matrix", "--type", "Tale"), "There is no table of Tale"),
        (("matrix", "--format", "pdf"), "'pdf' is not one of"),
        (("contract", "author"), "A kind of viewer is"),
    ],
)
def test_what_there_is_not_is_refused(run: Run, words: tuple[str, ...], said: str) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.replace("│", " ").split())


@pytest.mark.parametrize("kind", all_kinds(), ids=str)
def test_every_kind_can_be_written(kind: Kind) -> None:
    words = [
        kind.name.lower(),
        *(["staff"] if kind.staff else []),
        *(["recipient"] if kind.recipient else []),
        *kind.roles,
    ]
    assert kind_of("+".join(words) + (f":{kind.purpose}" if kind.purpose else "")) == kind


def test_a_kind_is_written_shortly() -> None:
    assert kind_of("safeguarding: safeguarding") == Kind(
        "Member", kind_of("SAFEGUARDING").roles, purpose=Purpose.SAFEGUARDING
    )
    assert kind_of("recipient") == Kind("Member", staff=True, recipient=True)


def test_explain_says_which_rule_and_what_is_missing(run: Run) -> None:
    said = run("explain", "--viewer", "moderator", "--field", "Story.ipAddress").stdout
    assert said.startswith("Story.ipAddress for member+MODERATOR: for some rows\nP14 people see everything")
    blocks = [" ".join(block.split()) for block in said.split("\n\n")]
    abuse = next(block for block in blocks if "P03 to prevent or detect abuse" in block)
    assert abuse.endswith(
        "✓ the viewer is signed in ✗ the viewer has the role ABUSE ✗ the request states the purpose abuse "
        "? the story's status is PUBLISHED or RESTRICTED"
    )
    assert "role ABUSE with purpose abuse" in blocks[-1]


def test_explain_denies_with_the_rule_that_says_why(run: Run) -> None:
    said = run("explain", "--viewer", "anonymous", "--field", "Story.withdraw", "--action", "withdraw").stdout
    assert said.startswith("Story.withdraw for anonymous: denied\nP17 Only its author can withdraw a story.")
    assert 'withheld("Story", "withdraw"' in said
    assert "It would be granted by being its author." in said


def test_explain_shows_all_fields_of_a_type(run: Run) -> None:
    said = run("explain", "--viewer", "anonymous", "--field", "Story.*").stdout
    lines = {line.split()[0]: line for line in said.splitlines()}
    assert lines.keys() >= fields()["Story"].keys()
    assert "denied" in lines["postcode"]
    assert "P02 An author's postcode is private" in lines["postcode"]
    assert "for some rows" in lines["title"]


def test_the_matrix_is_the_access_table(run: Run, linted: Policies) -> None:
    assert run("matrix", "--format", "md").stdout == Table(linted, fields()).text()


def test_the_matrix_of_one_type_has_each_cell_once_in_every_form(run: Run) -> None:
    page = run("matrix", "--format", "html", "--type", "Demographics").stdout
    assert page.count("<table>") == 1
    assert page.count('<td class="denied">') == 10
    assert page.count('<td class="shown">') == 1
    grid = run("matrix", "--type", "Demographics").stdout
    line = next(line for line in grid.splitlines() if line.startswith("gender"))
    assert line.split()[4:] == [*"··Y········", "P07"]


def test_masked_and_private_cells_are_told_apart(run: Run) -> None:
    page = run("matrix", "--format", "html", "--type", "Story").stdout
    assert '<td class="masked">m:outward</td>' in page
    assert '<td class="private">p</td>' in page
    assert '<td class="private">d</td>' in page


def test_a_contract_is_printed_as_a_schema(run: Run) -> None:
    result = run("contract", "member+staff")
    mutation = build_schema(result.stdout).mutation_type
    assert mutation is not None
    assert "createAlert" in mutation.fields

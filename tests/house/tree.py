"""The project's own files, for the tests that police them."""

import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
LAYERS = ("schema", "resolvers", "jobs", "operations", "policies", "models")


@cache
def files() -> tuple[Path, ...]:
    """All files that are or would be committed; in a copy without git, all but hidden folders' files."""
    command = ["git", "ls-files", "-co", "--exclude-standard", "-z"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    listed = [ROOT / name for name in found.stdout.split("\0") if name] if found.returncode == 0 else list(_walk())
    return tuple(sorted(path for path in listed if path.is_file()))


def _walk() -> Iterator[Path]:
    for path in ROOT.rglob("*"):
        parts = path.relative_to(ROOT).parts
        if not any(part == "__pycache__" or (part.startswith(".") and part != ".ci") for part in parts[:-1]):
            yield path


def name(path: Path) -> str:
    """A file as it is called from the project's root."""
    return path.relative_to(ROOT).as_posix()


def ending(*endings: str) -> list[Path]:
    """The files with one of these endings."""
    return [path for path in files() if path.suffix in endings]


def modules(*folders: str) -> list[Path]:
    """The Python files, of these folders or of all; generated migrations are not ours to police."""
    found = [path for path in ending(".py") if not name(path).startswith("migrations/versions/")]
    return [path for path in found if not folders or name(path).split("/")[0] in folders]


def text(*places: str) -> str:
    """What stands in all files under these places, e.g. `policies` or `README.md`."""
    found = [path for path in files() if any(name(path).startswith(place) for place in places)]
    return "\n".join(path.read_text(encoding="utf-8") for path in found if path.suffix != ".jsonl")

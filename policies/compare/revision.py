"""The policy files of another version: of a folder, or of a revision in git."""

import subprocess
from pathlib import Path

from policies.error import PolicyError
from policies.plan import FOLDER, Policies

PATIENCE_SECONDS = 30


def revision(name: str, home: Path = FOLDER) -> Policies:
    """The policies of a folder or of a git revision, e.g. `main`, `HEAD~3` or `../candidate`.

    `home` is the folder that holds them in the revision. They are not linted: the schema is today's, they may be
    older. Raises PolicyError where there are none, or Polar refuses them.
    """
    folder = Path(name)
    if folder.is_dir():
        texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.polar"))}
    else:
        texts = _of_git(name, home)
    if not texts:
        raise PolicyError(f"there are no policy files in {name}")
    return Policies(texts)


def _of_git(name: str, home: Path) -> dict[str, str]:
    # SECURITY: a revision that begins with a dash is a revision that does not exist, never an option of git's.
    commit = _git(home, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}").strip()
    if not commit:
        raise PolicyError(f"{name} is neither a folder nor a revision that git knows")
    listed = _git(home, "ls-tree", "--name-only", commit, "./").split()
    return {file: _git(home, "show", f"{commit}:./{file}") for file in listed if file.endswith(".polar")}


def _git(home: Path, *arguments: str) -> str:
    """What git answers, in the folder of the policies; nothing where it fails."""
    command = ["git", "-C", str(home), *arguments]
    try:
        found = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS)
    except FileNotFoundError:
        raise PolicyError("git is not installed: name a folder instead of a revision") from None
    return found.stdout if found.returncode == 0 else ""

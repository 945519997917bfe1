"""What is raised when the policies can't be used."""

from collections.abc import Sequence


class PolicyError(Exception):
    """The policies are refused; `problems` has one line for each thing that is wrong, with file and line."""

    def __init__(self, problems: Sequence[str] | str) -> None:
        self.problems: tuple[str, ...] = (problems,) if isinstance(problems, str) else tuple(problems)
        super().__init__("The policies are refused:\n" + "\n".join(f"  {problem}" for problem in self.problems))

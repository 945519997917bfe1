"""Who runs the site, as its privacy notice says (P13)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Operator:
    """Who decides what happens to personal information (the data controller), and how to reach whom they appointed."""

    controller: str
    contact: str


NOBODY = Operator("Somebody who has not said who they are", "nobody is named")
"""Where the settings name nobody, as in development and in tests."""


def operator_of(controller: str | None, contact: str | None) -> Operator:
    """Who runs the site, as far as it is known."""
    return Operator(controller or NOBODY.controller, contact or NOBODY.contact)

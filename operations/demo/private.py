"""Invented private values. No two are alike, so that a test that meets one knows whose it is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from operations.demo.dice import Dice

INWARD = "ABDEFGHJLNPQRSTUWXYZ"
"""The letters that the second half of a postcode may have."""
FIRST = (
    "Agnes", "Bashir", "Cerys", "Dilip", "Eithne", "Femi", "Grzegorz", "Hilda", "Ishbel", "Jolanta",
    "Kwame", "Lowri", "Muriel", "Niamh", "Olwen", "Parveen", "Quentin", "Roisin", "Sanjay", "Tegwen",
)  # fmt: skip
LAST = (
    "Abernethy", "Birtwhistle", "Cadwallader", "Drummond", "Entwistle", "Featherstone", "Gwilliam",
    "Hollingsworth", "Inskip", "Jagielski", "Kirkbride", "Llewelyn", "Micklethwaite", "Nwosu", "Osgood",
    "Prendergast", "Quilliam", "Rathbone", "Sutcliffe", "Threlfall",
)  # fmt: skip
COLOUR = (
    "amber", "azure", "bronze", "copper", "coral", "crimson", "ebony", "ginger", "hazel", "indigo",
    "ivory", "jade", "lilac", "maroon", "ochre", "olive", "pearl", "russet", "sable", "scarlet",
)  # fmt: skip
BIRD = (
    "avocet", "bittern", "chiffchaff", "dunlin", "fieldfare", "goldcrest", "kestrel", "lapwing", "merlin",
    "nuthatch", "ouzel", "pipit", "redshank", "siskin", "turnstone", "wagtail", "whimbrel", "wryneck",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Home:
    """A postcode and the areas that it lies in."""

    postcode: str
    areas: tuple[int, ...]


class PrivateValues:
    """Hands out values of each kind, none of them twice."""

    def __init__(self, chance: Dice, postcodes: Mapping[str, tuple[int, ...]], public: frozenset[str]) -> None:
        """`postcodes` are the routing table, whose neighbours are handed out; of `public` nothing ever is."""
        self._dice = chance
        self._areas = postcodes
        self._taken = {*postcodes, *public}

    def email(self, letter: str, host: str) -> str:
        """An address such as `p4821@people.example`."""
        return self._new(lambda: f"{letter}{self._dice.randint(1000, 9999)}@{host}")

    def ip_address(self) -> str:
        """An IPv6 address of the range for documentation, always as long."""
        return self._new(lambda: "2001:db8:" + ":".join(self._group() for _ in range(6)))

    def phone(self) -> str:
        """A number of the range that Ofcom keeps for drama."""
        return self._new(lambda: f"01632 960{self._dice.randint(0, 999):03}")

    def person(self) -> str:
        """A first and a last name."""
        return self._new(lambda: f"{self._dice.choice(FIRST)} {self._dice.choice(LAST)}")

    def pen_name(self) -> str:
        """A name to write under; none of the written stories has it."""
        return self._new(lambda: f"{self._dice.choice(COLOUR)}{self._dice.choice(BIRD)}")

    def home(self, near: str) -> Home:
        """A postcode of the same district as `near`, which has to be routed to the same areas."""
        return Home(self._new(lambda: f"{near.split()[0]} {self._inward()}"), self._areas[near])

    def unknown_postcode(self) -> str:
        """A postcode in the right form that lies nowhere."""
        return self._new(lambda: f"QX{self._dice.randint(1, 9)} {self._inward()}")

    def _group(self) -> str:
        return f"{self._dice.randint(0x1000, 0xFFFF):x}"

    def _inward(self) -> str:
        return f"{self._dice.randint(0, 9)}{self._dice.choice(INWARD)}{self._dice.choice(INWARD)}"

    def _new(self, make: Callable[[], str]) -> str:
        value = make()
        while value in self._taken:
            value = make()
        self._taken.add(value)
        return value

"""Names of bodies and places: from a register's capitals to what people read, and to what a URL holds."""

import re
import unicodedata

SMALL = frozenset("and at by de for in le of on or over the to under upon with y yr".split())
UPPER = frozenset("A&E CAMHS CIC ENT GP HSC ICB II III IV ICU NHS NI PCN UCL UK USA".split())
TITLES = frozenset("DR LTD MR MRS MS MT ST".split())
ORDINALS = frozenset("ST ND RD TH TO".split())
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|A&E")
IRISH = re.compile(r"(MC|O['’]|D['’])(\w{3,})")


def title(name: str) -> str:
    """The name with spaces put right and, if it is all in capitals, in title case.

    `ST GEORGE'S AND O'NEILL NHS TRUST` gives `St George's and O'Neill NHS Trust`.
    """
    tidy = " ".join(name.split())
    return WORD.sub(_word, tidy) if tidy.isupper() else tidy


def slug(name: str) -> str:
    """The name as the part of a URL, e.g. `st-georges-hospital`; empty if it has no letter or figure at all."""
    plain = unicodedata.normalize("NFKD", name.replace("'", "").replace("’", "")).encode("ascii", "ignore")
    return "-".join(re.findall(r"[a-z0-9]+", plain.decode().lower()))


def _word(match: re.Match[str]) -> str:
    word, text, start = match.group(), match.string, match.start()
    if word.lower() in SMALL and start and text[start - 1] in " -":
        return word.lower()
    if start and text[start - 1].isdigit():
        return word.lower() if word in ORDINALS else word
    if word in UPPER or _initials(word):
        return word
    irish = IRISH.fullmatch(word)
    if irish:
        return irish[1].capitalize() + irish[2].capitalize()
    return word[0] + word[1:].lower()


def _initials(word: str) -> bool:
    """Whether it looks like an abbreviation: short, no vowel in it, and no title."""
    return len(word) < 5 and not set(word) & set("AEIOUYÂÊÎÔÛŴŶ'’") and word not in TITLES

"""How the notice says in plain English what policies and models say in names."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from models.account import PlatformRole
from models.privacy_notice import Change, Version
from policies.audience import Audience, Who
from policies.viewer import Purpose
from resolvers.privacy_notice.names import in_words, title

PROMISE = re.compile(r"\bP\d\d\b")
MENTION = re.compile(r"\s*\(P\d\d\)")
NOBODY = "nobody"
RECORDED = "; each look is recorded"

PHRASES: Mapping[str, str] = {
    Who.EVERYONE: "everyone",
    Who.ONCE_PUBLISHED: "everyone, once it is published",
    Who.SOMETIMES: "everyone, in some cases",
    Who.SIGNED_IN: "everyone who is signed in",
    Who.YOU: "you",
    Who.STAFF: "staff of the organisations that it is about",
    Who.RECIPIENT: "the organisation or police unit to which it is disclosed on a risk of serious harm",
    PlatformRole.MODERATOR: "moderators",
    PlatformRole.SAFEGUARDING: "the safeguarding team",
    PlatformRole.ABUSE: "the people who act on abuse of the site",
    PlatformRole.DPO: "the data protection officer",
    PlatformRole.ADMIN: "administrators",
}
COLLEAGUES = "colleagues in the same organisation"
PURPOSES: Mapping[str, str] = {
    Purpose.SAFEGUARDING: "on a risk of serious harm",
    Purpose.ABUSE: "to prevent or detect it",
    Purpose.RIGHTS_REQUEST: "for a request about your rights",
    Purpose.COMPLAINT: "for a complaint",
}
MASKS: Mapping[str, str] = {
    "outward": "only its first half",
    "decade": "only the decade",
    "partial-email": "only a part of it",
}


def sentences(audiences: Iterable[Audience], type_name: str) -> list[str]:
    """Who reads a field, each kind of viewers once."""
    together = groupby(audiences, lambda audience: (audience.who, audience.mask))
    return [_sentence(who, mask, type_name, list(group)) for (who, mask), group in together]


def _sentence(who: str, mask: str | None, type_name: str, group: list[Audience]) -> str:
    phrase = COLLEAGUES if who == Who.STAFF and type_name == "Account" else PHRASES[who]
    shown = f"{phrase} ({MASKS[mask]})" if mask else phrase
    purposes = [PURPOSES[audience.purpose] for audience in group if audience.purpose]
    if purposes:
        return f"{shown}, {' or '.join(purposes)}{RECORDED}"
    return shown + RECORDED if who == Who.RECIPIENT else shown


def promises_in(*texts: str) -> set[str]:
    """The ids of promises that texts name."""
    return {promise for text in texts for promise in PROMISE.findall(text)}


def without_promise(text: str) -> str:
    """A reason as people read it."""
    return MENTION.sub("", PROMISE.sub("", text, count=1) if text[:1] == "P" and text[1:3].isdigit() else text).strip()


def what_changed(version: Version) -> list[str]:
    """What a version changed: a sentence for each change, with all the fields that it is about."""
    if version.note is not None:
        return [version.note]
    found: dict[str, list[str]] = {}
    for change in version.changes:
        for sentence in _changed(change):
            found.setdefault(sentence, []).append(change.topic)
    return [f"{sentence}: {_named(topics)}." if "." in topics[0] else sentence for sentence, topics in found.items()]


def _named(topics: list[str]) -> str:
    """Fields by what they are part of: `your account (email, pen name)`."""
    pairs = sorted((title(type_name), in_words(type_name, field)) for type_name, _, field in map(_parts, topics))
    groups = groupby(pairs, lambda pair: pair[0])
    return "; ".join(f"{name[:1].lower()}{name[1:]} ({', '.join(one for _, one in group)})" for name, group in groups)


def _parts(topic: str) -> tuple[str, str, str]:
    return topic.partition(".")


def _changed(change: Change) -> Iterator[str]:
    if "." not in change.topic:
        yield f"The text on “{_heading(change)}” was {'removed' if _gone(change) else 'written anew'}."
    elif change.aspect is None:
        yield "No longer part of this notice" if change.after is None else "New in this notice"
    elif change.aspect == "audience":
        yield from (f"Now also seen by {who}" for who in change.after if who not in change.before)
        yield from (f"No longer seen by {who}" for who in change.before if who not in change.after)
    elif change.aspect == "retention":
        yield f"Now kept {change.after} (before: {change.before})"
    elif change.aspect == "reasons":
        yield from (f"Now also shown for this reason: {why}" for why in change.after if why not in change.before)
        yield from (f"No longer shown for this reason: {why}" for why in change.before if why not in change.after)
    elif change.aspect == "purpose":
        yield from (f"Now also used {_to(why)}" for why in change.after if why not in change.before)
        yield from (f"No longer used {_to(why)}" for why in change.before if why not in change.after)
    else:
        yield "Held under other promises"


def _to(purpose: str) -> str:
    return purpose if purpose.startswith(("to ", "so ", "for ", "as ", "on ")) else f"because {purpose}"


def _heading(change: Change) -> str:
    said = change.after if isinstance(change.after, dict) else change.before
    return said["title"] if isinstance(said, dict) else change.topic.removeprefix("section ").replace("_", " ")


def _gone(change: Change) -> bool:
    return change.aspect is None and change.after is None

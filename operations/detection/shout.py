"""Shouting: words in capitals, one after another."""

import re
from collections.abc import Iterator

from operations.detection.finding import Finding, IdentifyingKind

WORD = re.compile(r"A&E|[^\W\d_]+(?:['’][^\W\d_]+)*")
APART = re.compile(r"[^\w\[\]]{1,5}")
"""What may stand between two words of one run."""
FEWEST = 4
ABBREVIATIONS = frozenset(
    "A&E GP GPS NHS MRI CT ECG EEG ICU ITU HDU SCBU NICU PICU ENT IV BP OT PT CQC PALS COPD UTI CAMHS CPN HCA AMU SAU "
    "MAU EAU CDU TIA DVT PE IBS IBD MS ME HIV STI STD DNR DNACPR PPE PCR TB UK USA EU BMI CBT PTSD ADHD ASD OCD BPD "
    "LGBT VIP FAQ TV ID OK AM PM DOB NICE BSL SLT NG PEG IUD HRT IVF GCSE".split()
)


def shouting(text: str) -> Iterator[Finding]:
    """Runs of at least four words in capitals, usual abbreviations not counted; to be said quietly instead."""
    run: list[re.Match[str]] = []
    for match in WORD.finditer(text):
        if run and not (_loud(match[0]) and APART.fullmatch(text, run[-1].end(), match.start())):
            yield from _found(text, run)
            run = []
        if _loud(match[0]):
            run.append(match)
    yield from _found(text, run)


def _loud(word: str) -> bool:
    return word.isupper() and not word.lower().isupper()


def _found(text: str, run: list["re.Match[str]"]) -> Iterator[Finding]:
    said = [match for match in run if match[0] not in ABBREVIATIONS]
    if len(said) < FEWEST or sum(len(match[0]) > 1 for match in said) < 2:
        return
    start, end = said[0].start(), said[-1].end()
    yield Finding(IdentifyingKind.SHOUTING, start, end - start, WORD.sub(_quietly, text[start:end]))


def _quietly(word: "re.Match[str]") -> str:
    return word[0] if word[0] in ABBREVIATIONS or word[0] == "I" else word[0].lower()

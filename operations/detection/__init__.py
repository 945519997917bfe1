"""Finds in a text what could identify a person, to help moderators; judges nobody and changes nothing (P10, P20)."""

from operations.detection.find import find
from operations.detection.finding import Finding, IdentifyingField, IdentifyingKind

__all__ = ["Finding", "IdentifyingField", "IdentifyingKind", "find"]

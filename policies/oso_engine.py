"""The engine that evaluates Polar: the only module that knows Oso."""

import contextlib
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from oso import Oso
from oso import Variable as OsoVariable
from polar.exceptions import OsoError
from polar.expression import Expression as OsoExpression
from polar.expression import Pattern as OsoPattern
from polar.ffi import PolarSource
from sqlmodel import SQLModel

from policies.error import PolicyError
from policies.expression import Instance, Operation, PartialRow, Value, Variable
from policies.registry import CONCEPTS, PARAMETER, VIEWERS, PolarMember, PolarViewer, attribute_types
from policies.rule import SEPARATOR, grouped_name, rules_of
from policies.viewer import Kind, Member, Viewer

GROUPED = "grouped rules"
FREE = ("field", "mask", "reason")
GROUPED_FREE = (*FREE, "place")


class Engine:
    """Loaded policies, ready to be asked about a kind of viewer or about a row."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        """`texts` are the contents of policy files by their names; raises PolicyError where Polar refuses them."""
        self.rules = rules_of(texts)
        self._oso = cast(Any, Oso())
        for name, viewer in VIEWERS.items():
            self._oso.register_class(viewer, name=name)
        self._oso.register_class(SQLModel, name="Record")
        for name, concept in CONCEPTS.items():
            self._oso.register_class(concept, name=name, fields=attribute_types(concept))
        grants = [rule for rule in self.rules if rule.name == "grant"]
        self._grouped = {grouped_name(rule.type(2) or "", rule.literal(1) or "") for rule in grants}
        sources = [PolarSource(text, name) for name, text in sorted(texts.items())]
        self._load([*sources, PolarSource("\n".join(rule.grouped() for rule in grants), GROUPED)])

    def _load(self, sources: list[PolarSource]) -> None:
        said = io.StringIO()
        try:
            with contextlib.redirect_stdout(said):
                self._oso._load_sources(sources)
        except OsoError as error:
            raise PolicyError(str(error)) from None
        # SECURITY: Oso only warns of an unknown class, and the rule then never applies or always does.
        if warning := said.getvalue().strip():
            raise PolicyError(warning)

    def partials(self, kind: Kind, action: str, type_name: str) -> Iterator[PartialRow]:
        """What this kind of viewer may do with rows of a type: fields, with a condition on the row.

        Asks the rules' grouped form, which evaluates a rule once for all the fields that it lists.
        """
        name = grouped_name(type_name, action)
        if name not in self._grouped:
            return
        row = OsoVariable("resource")
        any_row = OsoExpression("And", [OsoExpression("Isa", [row, OsoPattern(type_name, {})])])  # type: ignore[no-untyped-call]
        arguments = (_of_kind(kind), action, row, *map(OsoVariable, GROUPED_FREE))
        for found in self._query(name, arguments, bindings={"resource": any_row}, accept_expression=True):
            fields, mask, reason, place = _texts(found, GROUPED_FREE)
            yield PartialRow(tuple(fields.split(SEPARATOR)), mask, reason, place, _operation(found["resource"]))

    def allows(self, viewer: Viewer, action: str, row: object, field: str) -> set[tuple[str, str]]:
        """Masks and reasons under which a viewer may do this with a field of a loaded row: Oso's own answer."""
        arguments = (_actor(viewer), action, row, field, OsoVariable("mask"), OsoVariable("reason"))
        return {(found["mask"], found["reason"]) for found in self._query("grant", arguments)}

    def grants(self, viewer: Viewer, row: object) -> set[tuple[str, str, str, str]]:
        """All that a viewer may do with a loaded row, as action, field, mask and reason: Oso's own answer."""
        names = ("action", *FREE)
        actor, action, *others = _actor(viewer), *map(OsoVariable, names)
        found = self._query("grant", (actor, action, row, *others))
        return {(one["action"], one["field"], one["mask"], one["reason"]) for one in found}

    def facts(self, rule: str, names: Iterable[str]) -> Iterator[dict[str, str]]:
        """All answers of a rule that only lists texts, e.g. `withheld(type, field, reason)`."""
        names = tuple(names)
        for found in self._query(rule, tuple(map(OsoVariable, names))):
            yield dict(zip(names, _texts(found, names), strict=True))

    def _query(self, rule: str, arguments: tuple[Any, ...], **options: Any) -> Iterator[dict[str, Any]]:
        try:
            for result in self._oso.query_rule(rule, *arguments, **options):
                yield result["bindings"]
        except OsoError as error:
            raise PolicyError(f"{rule}: {error}") from None


def _of_kind(kind: Kind) -> PolarViewer:
    """A viewer who stands for all of a kind: their ids are parameters."""
    if kind.name == "Member":
        return PolarMember(kind, PARAMETER + "account_id", PARAMETER + "demographics_id")
    return VIEWERS[kind.name]()


def _actor(viewer: Viewer) -> PolarViewer:
    if isinstance(viewer, Member):
        return PolarMember(viewer.kind, viewer.account_id, viewer.demographics_id)
    return VIEWERS[viewer.kind.name]()


def _texts(found: dict[str, Any], names: Iterable[str]) -> tuple[str, ...]:
    values = [found.get(name) for name in names]
    texts = tuple(value for value in values if isinstance(value, str) and not isinstance(value, OsoVariable))
    # SECURITY: a field, mask or reason that a rule leaves open would stand for every one.
    if len(texts) < len(values):
        raise PolicyError(f"a rule leaves {', '.join(names)} open: {values}")
    return texts


def _operation(found: Any) -> Operation:
    converted = _converted(found)
    if not isinstance(converted, Operation):
        raise PolicyError(f"partial evaluation gave {found!r} instead of an expression")
    return converted


def _converted(found: Any) -> Value:
    if isinstance(found, OsoExpression):
        return Operation(found.operator, tuple(map(_converted, found.args)))
    if isinstance(found, OsoPattern):
        if found.fields:
            raise PolicyError(f"a pattern with fields is not supported: {found}")
        return Instance(found.tag)
    if isinstance(found, OsoVariable):
        return Variable(str.__str__(found))
    return found

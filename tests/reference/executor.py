"""The reference executor: the same document, answered by plain graphql-core over loaded rows and Oso itself.

Its semantics are the specification of the planner's:

- A row is there for a viewer iff its row field (`id`, or for types without one `sight.ROW_FIELD`) is granted. Rows that
  are not there are missing from lists, connections and counts; a relation to one such row, `node` and `story` are null,
  without an error.
- A denied field of a row that is there is null, with one error at its path: `You may not read this: <reason>`, code
  FORBIDDEN and the reason that the policies give for the field. Where the request asks for it, there is no error, and
  `extensions.access.denied` lists paths and reasons.
- A field granted in clear is shown; else it is shown under the mask that is granted, and `extensions.access.masked`
  lists path, mask and reason. Nothing is masked where there is no value.
- Filters and orders look only at what may be read in clear: rows where it may not do not match. Where the kind of
  viewer may never read it, the root field is an error (FORBIDDEN, same message).
- A page has 20 rows unless `first` or `last` says otherwise, and is cut after all of that. Cursors are places in a list.
  Forwards, `hasNextPage` says whether more rows follow in the window between `after` and `before`, and
  `hasPreviousPage` whether `after` was given; backwards the other way round.
- Moments are ISO 8601 in UTC, without zeros at the end of the fraction.
- An erased author's private values are null: nobody has their key.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from operator import methodcaller
from typing import Any

from graphql import GraphQLSchema, build_schema, execute_sync, parse

from models.secret import Keyring
from policies.viewer import Viewer
from schema.api import sdl
from tests.reference.place import Cursors
from tests.reference.reader import Reader
from tests.reference.sight import Oracle, Sight
from tests.reference.world import World


def moment(value: datetime) -> str:
    """ISO 8601 without zeros at the end of the second's fraction, as PostgreSQL writes it."""
    return re.sub(r"(\.\d*?)0+\+", r"\1+", value.isoformat())


@cache
def plain_schema() -> GraphQLSchema:
    """The API's schema without anybody's resolvers."""
    schema = build_schema(sdl())
    schema.get_type("Date").coerce_output_value = methodcaller("isoformat")  # type: ignore[union-attr]
    schema.get_type("DateTime").coerce_output_value = moment  # type: ignore[union-attr]
    return schema


class Reference:
    """Answers documents over one world."""

    def __init__(self, world: World, keyring: Keyring, address: str) -> None:
        self.world, self.keyring, self.address = world, keyring, address
        self.oracle = Oracle()
        self.cursors = Cursors()
        self._sights: dict[Viewer, Sight] = {}

    def sight(self, viewer: Viewer) -> Sight:
        if viewer not in self._sights:
            self._sights[viewer] = Sight(self.oracle, viewer)
        return self._sights[viewer]

    def execute(
        self, document: str, variables: Mapping[str, Any], viewer: Viewer, denied_null: bool = False
    ) -> dict[str, Any]:
        """The answer as an object; cursors in it are places (see `place.Cursors`)."""
        reader = Reader(self.world, self.sight(viewer), self.keyring, self.cursors, self.address, denied_null)
        result = execute_sync(
            plain_schema(),
            parse(document),
            variable_values=dict(variables),
            field_resolver=reader.resolve,
            type_resolver=lambda value, *_: type(value).__name__,
        )
        answer: dict[str, Any] = {"data": result.data}
        if result.errors:
            answer["errors"] = [dict(error.formatted) for error in result.errors]
        access = {name: found for name in ("denied", "masked") if (found := getattr(reader, name))}
        return answer | ({"extensions": {"access": access}} if access else {})

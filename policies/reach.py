"""Rows as conditions see them: a table under some name, with no more columns made than a condition names.

SQLAlchemy's own aliases of models make all columns of a table, and a join of a relation looks each of them up; a
statement with hundreds of conditions is built several times as fast without.
"""

from functools import cache
from typing import Any

from sqlalchemy import (
    Alias,
    Column,
    ColumnClause,
    ColumnElement,
    FromClause,
    Table,
    and_,
    inspect,
    literal_column,
    select,
)
from sqlalchemy.orm import Mapper, RelationshipProperty
from sqlalchemy.sql.visitors import iterate, replacement_traverse

from policies.error import PolicyError

ONE: ColumnElement[int] = literal_column("1")


class Reached:
    """The rows of a model's table under a name of their own; attributes are its columns."""

    def __init__(self, mapper: Mapper[Any], rows: FromClause) -> None:
        self.mapper = mapper
        self.rows = rows

    def __clause_element__(self) -> FromClause:
        return self.rows

    def __getattr__(self, name: str) -> ColumnElement[Any]:
        column: Any = self.mapper.columns.get(name)
        if column is None:
            raise AttributeError(name)
        return _of(self.rows, column) if isinstance(column, Column) else _worked_out(self.rows, column)

    @property
    def all(self) -> list[ColumnElement[Any]]:
        """All columns."""
        return [_of(self.rows, column) for column in self.mapper.local_table.columns]


def fresh(model: Any, rows: FromClause | None = None) -> Any:
    """A model under a name of its own in a statement; with `rows`, read from that subquery."""
    mapper: Mapper[Any] = inspect(model)
    return Reached(mapper, mapper.local_table.alias() if rows is None else rows)


def reached(entity: Any) -> Any:
    """A model, or an alias of one, as conditions see it; itself where it is not read from the model's own table."""
    if isinstance(entity, Reached):
        return entity
    found = inspect(entity)
    rows = found.selectable
    plain = isinstance(rows, Table) or (isinstance(rows, Alias) and isinstance(rows.element, Table))
    return Reached(found.mapper, rows) if plain else entity


def mapper_of(entity: Any) -> Mapper[Any]:
    """The model's mapper."""
    return entity.mapper if isinstance(entity, Reached) else inspect(entity).mapper


def way(entity: Any, relation: str) -> tuple[Reached, list[FromClause], ColumnElement[bool]]:
    """The rows that a relation leads to, what else has to be read on the way, and what ties them to the entity."""
    relationship: RelationshipProperty[Any] = mapper_of(entity).relationships[relation]
    _check(relationship)
    target = fresh(relationship.mapper)
    if relationship.secondary is None:
        pairs = relationship.local_remote_pairs or ()
        return target, [], and_(*(_of(target.rows, far) == _near(entity, near) for near, far in pairs))
    link = relationship.secondary.alias()
    ties = [_of(link, far) == _near(entity, near) for near, far in relationship.synchronize_pairs]
    further = relationship.secondary_synchronize_pairs or ()
    return target, [link], and_(*ties, *(_of(link, far) == _of(target.rows, near) for near, far in further))


@cache
def _check(relationship: RelationshipProperty[Any]) -> None:
    """SECURITY: a relation with a condition of its own, beside its keys, would lose it here, and show too much."""
    joins = [join for join in (relationship.primaryjoin, relationship.secondaryjoin) if join is not None]
    told = sum(part.__visit_name__ == "binary" for join in joins for part in iterate(join))
    keys = (*relationship.synchronize_pairs, *(relationship.secondary_synchronize_pairs or ()))
    if told != len(keys):
        raise PolicyError(f"a relation that is more than its keys: {relationship}")


def exists(rows: list[FromClause], where: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether there are such rows, for the row around them."""
    return select(ONE).select_from(*rows).where(where).correlate_except(*rows).exists()


def _worked_out(rows: FromClause, expression: ColumnElement[Any]) -> ColumnElement[Any]:
    """What is worked out of a row's columns (`column_property`), of these rows."""

    def here(element: Any, **_: Any) -> Any:
        return _of(rows, element) if isinstance(element, Column) else None

    found: ColumnElement[Any] = replacement_traverse(expression, {}, here)
    return found


def _near(entity: Any, column: Any) -> Any:
    if isinstance(entity, Reached):
        return _of(entity.rows, column)
    return getattr(entity, mapper_of(entity).get_property_by_column(column).key)


def _of(rows: FromClause, column: Any) -> ColumnElement[Any]:
    return ColumnClause(column.name, column.type, _selectable=rows)

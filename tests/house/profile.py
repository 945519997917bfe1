"""Finds what could score, rank or profile a person: in tables, in code and its SQL, in texts, in the API (P20).

Every finder takes what it looks at as an argument, so that its tests can plant an example.
"""

import ast
import re
from collections.abc import Iterable, Iterator

from graphql import GraphQLSchema, get_named_type, is_enum_type, is_input_object_type, is_interface_type, is_object_type
from sqlalchemy import JSON, Column, Enum, Float, Integer, MetaData, Numeric, Table
from sqlalchemy.dialects.postgresql import ARRAY

WORDS = frozenset(
    "score scores scored scoring rank ranks ranked ranking rating ratings rated risk risks risky profile profiles"
    " profiled profiling segment segments propensity sentiment sentiments reputation karma persona personas cohort"
    " cohorts percentile likelihood probability prediction predicted predict churn credibility trustworthiness"
    " toxicity deservingness vulnerability personality leaderboard tier".split()
)
"""What a table, column, value, name or field about people is never called."""
PEOPLE = frozenset({"account_id", "author_id", "person_id", "demographics_id"})
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
AGGREGATES = (
    "count sum avg min max rank dense_rank percent_rank cume_dist ntile row_number stddev stddev_pop variance"
    " percentile_cont percentile_disc mode regr_slope corr ts_rank ts_rank_cd".split()
)
SQL = re.compile(rf"\bgroup\s+by\b|\bover\s*\(|\bpartition\s+by\b|\b(?:{'|'.join(AGGREGATES)})\s*\(", re.IGNORECASE)
STATEMENT = re.compile(r"\b(select|update|insert|delete|with)\b", re.IGNORECASE)
METHODS = frozenset({"group_by", "over", "partition_by", "within_group"})
TALLIES = frozenset({"Counter", "groupby", "statistics", "numpy", "pandas", "sklearn", "scipy", "torch"})
"""Python's own means to count people up."""


def words(name: str) -> set[str]:
    """The words of a name, whichever way it is joined: `riskScore`, `risk_score`, `RISK_SCORE`."""
    return {word.lower() for word in WORD.findall(name)}


def named_like_a_profile(names: Iterable[str]) -> set[str]:
    """The names that hold one of the words."""
    return {name for name in names if words(name) & WORDS}


def about_people(metadata: MetaData) -> set[str]:
    """The tables from which a way leads to a person: by references, or by a column that holds a person's id."""
    found = {"account", "demographics", "attempt", "rate"}
    while True:
        more = {t.name for t in metadata.tables.values() if t.name not in found and _leads(t, found)}
        if not more:
            return found & set(metadata.tables)
        found |= more


def _leads(table: Table, found: set[str]) -> bool:
    referred = {key.column.table.name for column in table.columns for key in column.foreign_keys}
    return bool(referred & found or PEOPLE & set(table.columns.keys()))


def figures(metadata: MetaData) -> set[str]:
    """The columns of such tables that hold a number, or anything at all (JSON): not keys, which only number rows."""
    return {
        f"{name}.{column.name}"
        for name in about_people(metadata)
        for column in metadata.tables[name].columns
        if _holds_a_figure(column) and not column.primary_key and not column.foreign_keys
    }


def _holds_a_figure(column: Column[object]) -> bool:
    kind = column.type.item_type if isinstance(column.type, ARRAY) else column.type
    return isinstance(kind, Integer | Numeric | Float | JSON)


def stored_names(metadata: MetaData) -> set[str]:
    """What tables, columns and their enums' values are called."""
    tables = metadata.tables.values()
    columns = [column for table in tables for column in table.columns]
    labels = {label for column in columns if isinstance(column.type, Enum) for label in column.type.enums}
    return {table.name for table in tables} | {f"{c.table.name}.{c.name}" for c in columns} | labels


def tallies(place: str, source: str) -> set[str]:
    """Where a module counts, groups or ranks rows, as `file:function`; at the module's level `file:CONSTANT`."""
    return {f"{place}:{scope}" for scope, node in _scopes(ast.parse(source)) if _tallies(node)}


def _scopes(tree: ast.AST, outer: str = "") -> Iterator[tuple[str, ast.AST]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield from _scopes(node, f"{outer}.{node.name}".lstrip("."))
        elif isinstance(node, ast.Assign | ast.AnnAssign) and not outer:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            yield ast.unparse(target), node
        elif not _is_documentation(node):
            yield outer or "import", node


def _is_documentation(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _tallies(scope: ast.AST) -> bool:
    return any(_tallies_itself(node) for node in ast.walk(scope))


def _tallies_itself(node: ast.AST) -> bool:
    match node:
        case ast.Attribute(value=ast.Name(id="func"), attr=name):
            return name in AGGREGATES
        case ast.Call(func=ast.Attribute(attr=name)):
            return name in METHODS
        case ast.Constant(value=str() as text):
            return bool(STATEMENT.search(text) and SQL.search(text))
        case ast.ImportFrom(module=module, names=names):
            return bool({str(module).split(".")[0], *(alias.name for alias in names)} & TALLIES)
        case ast.Import(names=names):
            return bool({alias.name.split(".")[0] for alias in names} & TALLIES)
    return False


def identifiers(source: str) -> set[str]:
    """What a module calls its functions, classes, arguments, variables and attributes."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
            case ast.arg(arg=name) | ast.Name(id=name) | ast.Attribute(attr=name):
                found.add(name)
            case ast.keyword(arg=str() as name):
                found.add(name)
    return found


def api_names(schema: GraphQLSchema) -> set[str]:
    """What the API calls its types, fields, arguments and values."""
    found: set[str] = set()
    for name, kind in schema.type_map.items():
        if name.startswith("__"):
            continue
        found.add(name)
        if is_object_type(kind) or is_interface_type(kind):
            found |= {f"{name}.{field}" for field in kind.fields}
            found |= {f"{name}.{f}.{argument}" for f, declared in kind.fields.items() for argument in declared.args}
        elif is_input_object_type(kind):
            found |= {f"{name}.{field}" for field in kind.fields}
        elif is_enum_type(kind):
            found |= {f"{name}.{value}" for value in kind.values}
    return found


def told_figures(schema: GraphQLSchema, root: str = "Account") -> set[str]:
    """The numbers that can be asked for from a person on, as `Type.field`."""
    seen, waiting, found = set(), [root], set()
    while waiting:
        name = waiting.pop()
        kind = schema.type_map[name]
        if name in seen or not is_object_type(kind):
            continue
        seen.add(name)
        for field, declared in kind.fields.items():
            told = get_named_type(declared.type).name
            waiting.append(told)
            if told in {"Int", "Float", "BigInt"}:
                found.add(f"{name}.{field}")
    return found

"""Documents that ask for too much, each in its own way."""

from collections.abc import Mapping

TAGS = "tags { kind }"


def side_by_side(count: int, field: str = "stories(first: 1) { nodes { number } }") -> str:
    """So many lists next to each other."""
    fields = " ".join(f"a{number}: {field}" for number in range(count))
    return f'{{ service(id: "Service:1") {{ {fields} }} }}'


def deep(count: int, levels: int = 11) -> str:
    """So many lists, each with lists in lists below it."""
    below = "children { slug " * levels + "} " * levels
    fields = " ".join(f"a{number}: children {{ slug {below} }}" for number in range(count))
    return f"{{ services {{ nodes {{ {fields} }} }} }}"


def nested_pages(size: int, levels: int) -> str:
    """Pages in pages: their sizes multiply."""
    inside = f"services {{ stories(first: {size}) {{ nodes {{ " * levels + "id " + "} } } " * levels
    return f"{{ stories(first: {size}) {{ nodes {{ {inside} }} }} }}"


def amplified(levels: int, times: int = 2) -> str:
    """Fragments that each spread the next one several times."""
    parts = [
        f"fragment F{n} on Service {{ {' '.join(f'a{n}_{k}: parent {{ ...F{n + 1} }}' for k in range(times))} }}"
        for n in range(levels)
    ]
    return " ".join(['{ service(id: "Service:1") { ...F0 } }', *parts, f"fragment F{levels} on Service {{ id }}"])


ATTACKS: Mapping[str, tuple[str, str]] = {
    "aliases": (side_by_side(101, "name"), "aliases"),
    "aliases of a root field": ("{ " + " ".join(f"a{n}: __typename" for n in range(101)) + " }", "aliases"),
    "10,000 directives": ("{ a: __typename " + "@x " * 10_000 + "}", "tokens"),
    "directives": ("{ __typename " + "@include(if: true) " * 51 + "}", "directives"),
    "directives of variables": ("query ($a: Int " + "@x " * 51 + ") { __typename }", "directives"),
    "root fields": ("{ " + " ".join(f"a{n}: __typename" for n in range(21)) + " }", "root fields"),
    "root fields in fragments": (
        "{ ...A ...B } fragment A on Query { %s } fragment B on Query { %s }"
        % tuple(" ".join(f"{k}{n}: __typename" for n in range(11)) for k in "ab"),
        "root fields",
    ),
    "a long document": ("{ __typename } #" + "x" * 200_000, "longer than"),
    "tokens": ("{ " + "__typename " * 5_001 + "}", "tokens"),
    "depth": ("{ services { nodes { " + "children { " * 15 + "id " + "} " * 15 + "} } }", "deeper"),
    "nesting that ends a parser": ("{ " + "a { " * 1_200 + "b " + "} " * 1_200 + "}", "neste"),
    "fragments that double": (amplified(11), "more than 2000 fields"),
    "fragments that multiply": (amplified(3, 15), "more than 2000 fields"),
    "the same list again and again": ('{ service(id: "Service:1") { ' + "children { id } " * 600 + "} }", "repeats"),
    "fragments with the same list": (
        "{ story(number: 1) { %s } } %s"
        % (
            " ".join(f"...A{n}" for n in range(300)),
            " ".join(f"fragment A{n} on Story {{ title {TAGS} }}" for n in range(300)),
        ),
        "repeats",
    ),
}
"""What each is, and a word of its refusal."""
COSTLY: Mapping[str, str] = {
    "lists side by side": side_by_side(99),
    "short lists side by side": side_by_side(100, "areas { name code kind }"),
    "lists in lists side by side": deep(60),
    "800 short lists": "{ "
    + " ".join(f"a{n}: story(number: 1) {{ ...L }}" for n in range(16))
    + " } fragment L on Story { "
    + " ".join(f"t{n}: {TAGS}" for n in range(50))
    + " }",
    "pages in pages": nested_pages(100, 3),
    "a page of pages": nested_pages(100, 1),
    "introspection again and again": "{ "
    + " ".join(f"a{n}: __schema {{ types {{ fields {{ args {{ type {{ name }} }} }} }} }}" for n in range(20))
    + " }",
    "counts again and again": "{ " + " ".join(f"a{n}: stories {{ totalCount }}" for n in range(20)) + " }",
    "searches again and again": "{ "
    + " ".join(f'a{n}: stories(filter: {{search: "w{n}"}}) {{ nodes {{ id }} }}' for n in range(20))
    + " }",
}
"""Documents within all other limits, which their cost alone keeps out."""
CIRCULAR: Mapping[str, str] = {
    "itself": "{ ...A } fragment A on Query { ...A }",
    "by way of another": "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
    "below a field": '{ service(id: "Service:1") { ...A } } fragment A on Service { parent { ...A } }',
    "many": "{ ...A0 } " + " ".join(f"fragment A{n} on Query {{ ...A{(n + 1) % 400} }}" for n in range(400)),
}
"""Fragments that never end."""

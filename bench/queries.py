"""The six documents that the benchmark asks for, with their floors and aims (multiples of the limit)."""

from dataclasses import dataclass

DEFAULT_PAGE = 20
PAGES = (20, 100, 500)


@dataclass(frozen=True, slots=True)
class Query:
    """One row of the table; `private` marks the one that a signed-in author asks."""

    name: str
    title: str
    floor: float
    aim: float
    document: str
    private: bool = False


STORY_IN_LIST = """
      id number title body publishedAt penName authorRole ageGroup progress similarExperienceCount
      services { id name slug }
      tags { kind label }
      responses { nodes { id body publishedAt staffName jobTitle organisation { name slug } } }"""

HOME = Query(
    "home",
    "home",
    0.85,
    1.3,
    f"""query Home($first: Int!) {{
  stories(filter: {{status: PUBLISHED}}, first: $first) {{
    nodes {{{STORY_IN_LIST}
    }}
  }}
}}""",
)

STORY = Query(
    "story",
    "one story",
    0.6,
    0.95,
    """query Story($number: Int!) {
  story(number: $number) {
    id number status region url title body restriction { reason by } publishedAt ageGroup authorRole penName
    services { id name slug odsCode region organisation { id name slug kind } }
    tags { kind label }
    responses { nodes { id body publishedAt staffName jobTitle organisation { id name slug } } }
    responseCount
    changes { kind description publishedAt organisation { name slug } }
    progress similarExperienceCount
  }
}""",
)

SERVICE = Query(
    "service",
    "service page",
    0.8,
    1.2,
    """query ServicePage($slug: String!) {
  service(slug: $slug) {
    id name slug odsCode region storyCount
    organisation { id name slug kind }
    stories(first: 20) {
      nodes {
        id number title body publishedAt penName authorRole ageGroup progress similarExperienceCount responseCount
        tags { kind label }
      }
    }
  }
}""",
)

SEARCH = Query(
    "search",
    "search page 2",
    0.9,
    1.0,
    """query Search($words: String!, $after: String) {
  stories(filter: {search: $words}, orderBy: RELEVANCE, first: 20, after: $after) {
    nodes {
      id number title body publishedAt penName progress responseCount
      services { id name slug }
      tags { kind label }
    }
  }
}""",
)

PRIVATE = Query(
    "private",
    "home with author's email, postcode",
    0.8,
    1.3,
    f"""query HomeOfAuthor($first: Int!) {{
  stories(filter: {{status: PUBLISHED}}, first: $first) {{
    nodes {{{STORY_IN_LIST}
      postcode author {{ email }}
    }}
  }}
}}""",
    private=True,
)

NAME = Query(
    "name",
    "one service's name",
    0.5,
    1.6,
    """query ServiceName($slug: String!) {
  service(slug: $slug) { name }
}""",
)

QUERIES = (HOME, STORY, SERVICE, SEARCH, PRIVATE, NAME)

FIRST_PAGE = """query FirstPage($words: String!) {
  stories(filter: {search: $words}, orderBy: RELEVANCE, first: 20) { pageInfo { endCursor } }
}"""
"""Where the cursor of the search page comes from."""

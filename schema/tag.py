"""Tags in an author's words."""

import strawberry

from models.tag import TagKind
from schema.base import describe
from schema.connection import Connection

describe(
    TagKind,
    {
        TagKind.GOOD: "What was good?",
        TagKind.IMPROVE: "What could be improved?",
        TagKind.FEELING: "How did it feel?",
    },
)


@strawberry.type(description="A few words of an author in answer to one of three questions.")
class Tag:
    """A label of a kind."""

    kind: TagKind = strawberry.field(description="The question that the tag answers.")
    label: str = strawberry.field(description="The author's words.")


@strawberry.type(description="A page of tags.")
class TagConnection(Connection[Tag]):
    """A page of tags."""


@strawberry.input(description="A tag by its question and its words.")
class TagInput:
    """A tag to look for."""

    kind: TagKind = strawberry.field(description="The question that the tag answers.")
    label: str = strawberry.field(description="The words, exactly.")

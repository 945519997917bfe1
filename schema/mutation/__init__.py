"""What can be done."""

import strawberry

from schema.mutation.session import SessionMutation


@strawberry.type(description="What can be done. Each field is one transaction: it happens whole or not at all.")
class Mutation(SessionMutation):
    """The root of mutations."""

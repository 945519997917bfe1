"""What can be done."""

import strawberry

from schema.session import SignInPayload, SignOutPayload, sign_in, sign_out


@strawberry.type(description="What can be done. Each field is one transaction: it happens whole or not at all.")
class Mutation:
    """The root of mutations."""

    sign_in: SignInPayload = strawberry.mutation(
        resolver=sign_in, description="Signs in with email and password. Once per request at most."
    )
    sign_out: SignOutPayload = strawberry.mutation(
        resolver=sign_out, description="Ends the session of the request's token at once."
    )

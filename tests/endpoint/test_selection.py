"""What a mutation selects: sign-ins can't be multiplied, however they are written, and policies come first."""

import pytest
from graphql import FragmentDefinitionNode, GraphQLError, OperationDefinitionNode, parse

from schema.endpoint.selection import ONCE, refused, root_fields

ONE = 'signIn(email: "a@b.example", password: "x") { token }'
SKIPPED = 'signIn(email: "a@b.example", password: "x") @skip(if: true) { token }'


def errors(document: str, denied: str = "") -> list[GraphQLError]:
    definitions = parse(document).definitions
    fragments = {d.name.value: d for d in definitions if isinstance(d, FragmentDefinitionNode)}
    operation = next(d for d in definitions if isinstance(d, OperationDefinitionNode))
    selected = root_fields(operation, fragments)
    return list(refused(selected, lambda name: "P10 Not for you." if name == denied else None))


@pytest.mark.parametrize(
    "document",
    [
        f"mutation {{ {ONE} {ONE} }}",
        f"mutation {{ a: {ONE} b: {ONE} }}",
        f"mutation {{ a: {ONE} b: {SKIPPED} }}",
        f"mutation {{ a: {ONE} ... {{ b: {ONE} }} }}",
        f"mutation {{ a: {ONE} ... on Mutation @include(if: true) {{ b: {ONE} }} }}",
        f"mutation {{ a: {ONE} ...B }} fragment B on Mutation {{ b: {ONE} }}",
        f"mutation {{ ...A ...B }} fragment A on Mutation {{ a: {ONE} }} fragment B on Mutation {{ b: {ONE} }}",
        f"mutation {{ ...A ...A }} fragment A on Mutation {{ {ONE} }}",
        f"mutation {{ ...A }} fragment A on Mutation {{ ...B ...B }} fragment B on Mutation {{ {ONE} }}",
        "mutation {" + " ".join(f"a{n}: {ONE}" for n in range(50)) + "}",
    ],
)
def test_a_second_sign_in_is_refused(document: str) -> None:
    (error,) = errors(document)
    assert error.message == "An operation may select 'signIn' only once."
    assert error.extensions == {"code": "GRAPHQL_VALIDATION_FAILED"}


@pytest.mark.parametrize(
    "document",
    [
        f"mutation {{ signOut {{ __typename }} {ONE} }}",
        f"mutation {{ ... {{ x: {ONE} }} }}",
        f"mutation {{ ...A }} fragment A on Mutation {{ {ONE} }}",
    ],
)
def test_a_field_that_the_policies_deny_is_refused(document: str) -> None:
    (error,) = errors(document, denied="signIn")
    assert error.message == "You may not do this: P10 Not for you."
    assert error.extensions == {"code": "FORBIDDEN", "reason": "P10 Not for you."}


@pytest.mark.parametrize(
    "document",
    [
        f"mutation {{ {ONE} }}",
        f"mutation {{ __typename a: __typename {ONE} }}",
        f"mutation {{ ...A }} fragment A on Mutation {{ {ONE} }}",
        f"mutation {{ {ONE} signOut {{ viewer {{ kind }} }} }}",
        "mutation { a: signOut { __typename } b: signOut { __typename } }",
        f"mutation {{ ...A }} fragment A on Mutation {{ ...A {ONE} }}",
        "mutation { ...Missing }",
    ],
)
def test_a_single_sign_in_is_allowed(document: str) -> None:
    assert errors(document) == []


@pytest.mark.parametrize("name", sorted(ONCE))
def test_what_costs_or_counts_happens_once_a_request(name: str) -> None:
    (error,) = errors(
        f"mutation {{ a: {name} {{ __typename }} ...B }} fragment B on Mutation {{ {name} {{ __typename }} }}"
    )
    assert error.message == f"An operation may select '{name}' only once."
    assert errors(f"mutation {{ {name} {{ __typename }} }}") == []


def test_every_deed_that_is_counted_happens_once() -> None:
    assert {
        "signIn",
        "startSecondFactor",
        "confirmSecondFactor",
        "removeSecondFactor",
        "verifyEmail",
        "register",
        "requestPasswordReset",
        "resetPassword",
        "eraseAccount",
        "complain",
    } <= ONCE

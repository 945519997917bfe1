"""Sign-ins can't be multiplied: one operation selects signIn once, however it is written."""

import pytest
from graphql import parse

from schema.endpoint.once import repeated

ONE = 'signIn(email: "a@b.example", password: "x") { token }'


@pytest.mark.parametrize(
    "document",
    [
        f"mutation {{ {ONE} {ONE} }}",
        f"mutation {{ a: {ONE} b: {ONE} }}",
        f"mutation {{ a: {ONE} ... {{ b: {ONE} }} }}",
        f"mutation {{ a: {ONE} ... on Mutation @include(if: true) {{ b: {ONE} }} }}",
        f"mutation {{ a: {ONE} b: {ONE.replace('{', '@skip(if: true) {')} }}",
        f"mutation {{ a: {ONE} ...B }} fragment B on Mutation {{ b: {ONE} }}",
        f"mutation {{ ...A ...B }} fragment A on Mutation {{ a: {ONE} }} fragment B on Mutation {{ b: {ONE} }}",
        f"mutation {{ ...A ...A }} fragment A on Mutation {{ {ONE} }}",
        f"mutation {{ ...A }} fragment A on Mutation {{ ...B ...B }} fragment B on Mutation {{ {ONE} }}",
        f"mutation First {{ {ONE} }} mutation Second {{ a: {ONE} b: {ONE} }}",
    ],
)
def test_a_second_sign_in_is_refused(document: str) -> None:
    (error,) = repeated(parse(document))
    assert error.message == "An operation may select 'signIn' only once."
    assert error.extensions == {"code": "GRAPHQL_VALIDATION_FAILED"}


@pytest.mark.parametrize(
    "document",
    [
        f"mutation {{ {ONE} }}",
        f"mutation {{ ...A }} fragment A on Mutation {{ {ONE} }}",
        f"mutation First {{ {ONE} }} mutation Second {{ {ONE} }}",
        f"mutation {{ {ONE} signOut {{ viewer {{ kind }} }} }}",
        f"mutation {{ ...A }} fragment A on Mutation {{ ...A {ONE} }}",
        "mutation { ...Missing }",
    ],
)
def test_a_single_sign_in_is_allowed(document: str) -> None:
    assert repeated(parse(document)) == []

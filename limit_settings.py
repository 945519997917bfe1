"""What a deployment can set of limits (docs/limits.md says what each keeps out)."""

from pydantic import Field
from pydantic_settings import BaseSettings


class LimitSettings(BaseSettings):
    """The limits of one process; part of its `Settings`."""

    max_body: int = Field(
        1_000_000, alias="CANDOUR_MAX_BODY", ge=1_000, le=100_000_000, description="The most bytes of a request's body."
    )
    max_document: int = Field(
        200_000, alias="CANDOUR_MAX_DOCUMENT", ge=1_000, description="The most characters of a GraphQL document."
    )
    max_tokens: int = Field(5_000, alias="CANDOUR_MAX_TOKENS", ge=100, description="The most tokens of a document.")
    max_depth: int = Field(
        16, alias="CANDOUR_MAX_DEPTH", ge=4, le=50, description="How deep the fields of a document may be nested."
    )
    max_aliases: int = Field(100, alias="CANDOUR_MAX_ALIASES", ge=0, description="The most aliases in a document.")
    max_directives: int = Field(
        50, alias="CANDOUR_MAX_DIRECTIVES", ge=0, description="The most directives in a document."
    )
    max_root_fields: int = Field(
        20, alias="CANDOUR_MAX_ROOT_FIELDS", ge=1, description="The most root fields of an operation."
    )
    max_fields: int = Field(
        2_000,
        alias="CANDOUR_MAX_FIELDS",
        ge=100,
        description="The most fields of an operation, with every fragment put in its places.",
    )
    max_cost: int = Field(
        40_000, alias="CANDOUR_MAX_COST", ge=1_000, description="The most that one request of a visitor may cost."
    )
    max_cost_member: int = Field(
        60_000,
        alias="CANDOUR_MAX_COST_MEMBER",
        ge=1_000,
        description="The most that one request of a person who is signed in may cost.",
    )
    rate: int = Field(
        600_000,
        alias="CANDOUR_RATE",
        ge=0,
        description="What all visitors from one IP address may ask for within a minute, in units of cost; 0 for no "
        "limit. Behind a proxy, set `CANDOUR_TRUSTED_PROXIES`, or all visitors share one address.",
    )
    rate_member: int = Field(
        1_200_000,
        alias="CANDOUR_RATE_MEMBER",
        ge=0,
        description="What one person who is signed in may ask for within a minute, in units of cost; 0 for no limit.",
    )
    statement_seconds: int = Field(
        15,
        alias="CANDOUR_STATEMENT_SECONDS",
        ge=1,
        le=600,
        description="After how many seconds the database gives up a statement. Behind PgBouncer the role's own "
        "`statement_timeout` counts.",
    )
    request_seconds: int = Field(
        20,
        alias="CANDOUR_REQUEST_SECONDS",
        ge=1,
        le=600,
        description="After how many seconds a request is given up, from its first line to its answer, with what the "
        "database does for it. Subscriptions go on.",
    )
    max_operations: int = Field(
        50, alias="CANDOUR_MAX_OPERATIONS", ge=1, le=1000, description="The most operations at once on one WebSocket."
    )

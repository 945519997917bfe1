"""Everything that a deployment can set, read from the environment once."""

import os
from collections.abc import Callable
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import SettingsConfigDict

from limit_settings import LimitSettings
from site_settings import SiteSettings

ROOT = Path(__file__).resolve().parent


class Settings(LimitSettings, SiteSettings):
    """The settings of one process. A field's description is its documentation (see `settings_table`).

    Made by hand, fields go by their variables: `Settings(CANDOUR_DATA=folder, PORT=8001)`.
    """

    # SECURITY: hide_input_in_errors keeps passwords and keys out of the text of a validation error.
    model_config = SettingsConfigDict(
        frozen=True, env_file=None, env_ignore_empty=True, case_sensitive=True, hide_input_in_errors=True
    )

    database_url: SecretStr | None = Field(
        None,
        alias="DATABASE_URL",
        description="A PostgreSQL 15 or later, as `postgresql://user:password@host/name`; add "
        "`?pgbouncer=true` for PgBouncer in transaction mode. Without it, an embedded PostgreSQL starts.",
    )
    host: str = Field("127.0.0.1", alias="HOST", description="The address to listen on.")
    port: int = Field(8000, alias="PORT", ge=1, le=65535, description="The port to listen on.")
    env: Literal["development", "production"] = Field(
        "development",
        alias="CANDOUR_ENV",
        description="`production` makes no key, loads no demo world and shows no GraphiQL.",
    )
    data: Path = Field(
        Path(".data"),
        alias="CANDOUR_DATA",
        description="The folder for what is written to disk; a relative path starts at the project's root.",
    )
    master_key: SecretStr | None = Field(
        None,
        alias="CANDOUR_MASTER_KEY",
        description="The keyset that wraps the keys of private data, made by `python app.py key`. Without it "
        "development keeps one in `CANDOUR_DATA/master.key`, and production does not start. "
        "Who loses it loses all private data.",
    )
    url: str = Field(
        default_factory=lambda known: f"http://localhost:{known.get('port')}",
        alias="CANDOUR_URL",
        description="The address that people see. By default `http://localhost:PORT`.",
    )
    trusted_proxies: str = Field(
        "",
        alias="CANDOUR_TRUSTED_PROXIES",
        description="Networks of proxies whose `X-Forwarded-For` and `X-Forwarded-Host` are believed, e.g. "
        "`10.0.0.0/8, fd00::/8`. Without it the address of the connection counts, and the `Host` header.",
    )
    page_max: int = Field(
        100, alias="CANDOUR_PAGE_MAX", ge=1, le=1000, description="The most rows in one page of a connection."
    )
    memory_mb: int = Field(
        8,
        alias="CANDOUR_MEMORY_MB",
        ge=0,
        le=4096,
        description="How many megabytes of visitors' answers one process remembers until a row changes; 0 for none.",
    )
    shared_seconds: int = Field(
        1,
        alias="CANDOUR_SHARED_SECONDS",
        ge=0,
        le=3600,
        description="How many seconds a shared cache (CDN) may serve a visitor's answer without asking. As long a "
        "withdrawn story can still be seen there.",
    )
    documents: str = Field(
        "",
        alias="CANDOUR_DOCUMENTS",
        description="Files with trusted documents by their ids, as graphql-codegen, relay-compiler or Apollo write "
        "them: `persisted.json, app/manifest.json`; a relative path starts at the project's root.",
    )
    documents_only: bool = Field(
        False,
        alias="CANDOUR_DOCUMENTS_ONLY",
        description="Whether visitors may run only the documents of `CANDOUR_DOCUMENTS`.",
    )
    pool_size: int = Field(
        8,
        alias="CANDOUR_POOL_SIZE",
        ge=1,
        le=1000,
        description="Database connections of one process for reads; operations have their own.",
    )
    moderation_hours: int = Field(
        72,
        alias="CANDOUR_MODERATION_HOURS",
        ge=1,
        le=720,
        description="In how many hours after it was sent a story should be moderated.",
    )
    session_hours: int = Field(
        12, alias="CANDOUR_SESSION_HOURS", ge=1, le=720, description="How many hours a person stays signed in."
    )
    second_factor: bool = Field(
        default_factory=lambda known: known.get("env") == "production" or bool(known.get("database_url")),
        alias="CANDOUR_SECOND_FACTOR",
        description="Whether the roles of those who run the site need a second factor (codes of an authenticator "
        "app). By default in production and where `DATABASE_URL` is set; the people of the demo world have none.",
    )
    graphiql: bool = Field(
        default_factory=lambda known: known.get("env") == "development",
        alias="CANDOUR_GRAPHIQL",
        description="Whether `/graphql` shows GraphiQL to a browser. By default in development only.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", alias="CANDOUR_LOG_LEVEL", description="The least severe log entries to write."
    )
    smtp_url: SecretStr | None = Field(
        None,
        alias="SMTP_URL",
        description="The mail server, as `smtp://user:password@host:587` (with a password, STARTTLS is required) or "
        "`smtps://…`. Without it, mail is written to `CANDOUR_DATA/mail/`.",
    )
    mail_from: str | None = Field(
        None,
        alias="CANDOUR_MAIL_FROM",
        description="From whom e-mails come. By default `Candour <no-reply@` and the host of `CANDOUR_URL` `>`.",
    )
    controller: str | None = Field(
        None,
        alias="CANDOUR_CONTROLLER",
        description="Who runs the site and answers for personal information (the data controller), by name and postal "
        "address. The privacy notice at `/privacy` says it; without it, that nobody is named.",
    )
    contact: str | None = Field(
        None,
        alias="CANDOUR_CONTACT",
        description="How to reach the data protection officer: an e-mail address, with a telephone number if there is "
        "one. The privacy notice says it.",
    )
    policy_shadow: Path | None = Field(
        None,
        alias="CANDOUR_POLICY_SHADOW",
        description="A folder with a candidate for the policies. Where it would decide otherwise than the live ones, "
        "the log says so, by field and kind of viewer; it decides on nothing. A relative path starts at the project's "
        "root.",
    )
    worker: bool = Field(
        True,
        alias="CANDOUR_WORKER",
        description="Whether the server also does queued and scheduled work. Without it run `python app.py worker`.",
    )

    drain_seconds: int = Field(
        0,
        alias="CANDOUR_DRAIN_SECONDS",
        ge=0,
        le=300,
        description="How long a server that is asked to stop goes on answering, while `/readyz` says that it is not "
        "ready: as long as a load balancer takes to notice.",
    )
    policy_hash: str | None = Field(
        None,
        alias="CANDOUR_POLICY_HASH",
        description="The hash of the policies that were reviewed, as `/readyz` tells it; with any other, a server is "
        "never ready.",
    )
    metrics_token: SecretStr | None = Field(
        None,
        alias="CANDOUR_METRICS_TOKEN",
        min_length=16,
        description="What Prometheus sends as `Authorization: Bearer …` to `/metrics`, 16 characters or more. "
        "Without it there are no metrics in production, and everybody may read them in development.",
    )
    metrics_operations: str = Field(
        "",
        alias="CANDOUR_METRICS_OPERATIONS",
        description="Names of operations that metrics and traces tell apart, e.g. `Home, Story`. Without it the first "
        "100 that are executed; all others are `other`.",
    )
    traces_url: str | None = Field(
        None,
        alias="OTEL_EXPORTER_OTLP_ENDPOINT",
        description="A collector of OpenTelemetry traces (OTLP over HTTP), e.g. `http://localhost:4318`. "
        "OpenTelemetry's other `OTEL_` variables count too. Without it nothing is traced.",
    )

    @field_validator("data", "policy_shadow")
    @classmethod
    def _below_root(cls, value: Path | None) -> Path | None:
        return None if value is None else ROOT / value.expanduser()

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: str) -> str:
        for network in filter(None, map(str.strip, value.split(","))):
            ip_network(network)
        return value

    @field_validator("url")
    @classmethod
    def _without_slash(cls, value: str) -> str:
        return value.rstrip("/")

    @model_validator(mode="after")
    def _production_has_its_key(self) -> Self:
        # SECURITY: a key made up at start-up would be lost with the machine, and private data with it.
        if self.production and not self.master_key:
            raise ValueError("CANDOUR_MASTER_KEY must be set in production: make one with `python app.py key`")
        return self

    @model_validator(mode="after")
    def _only_documents_that_there_are(self) -> Self:
        if self.documents_only and not self.manifests:
            raise ValueError("CANDOUR_DOCUMENTS_ONLY needs CANDOUR_DOCUMENTS: without it visitors could ask nothing")
        return self

    @property
    def manifests(self) -> tuple[Path, ...]:
        """The files with trusted documents."""
        return tuple(ROOT / Path(part.strip()).expanduser() for part in self.documents.split(",") if part.strip())

    @property
    def proxies(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """The trusted proxies' networks."""
        return tuple(ip_network(part.strip()) for part in self.trusted_proxies.split(",") if part.strip())

    @property
    def measured(self) -> tuple[str, ...]:
        """The operations that metrics tell apart; empty for the first ones."""
        return tuple(part.strip() for part in self.metrics_operations.split(",") if part.strip())

    @property
    def production(self) -> bool:
        """Whether real people's data is at stake."""
        return self.env == "production"


@cache
def settings() -> Settings:
    """The settings of this process; raises pydantic.ValidationError, which names the wrong variables."""
    return Settings()


def master_key(chosen: Settings, make: Callable[[], str]) -> str:
    """The master keyset, in the text form of CANDOUR_MASTER_KEY.

    Without one in the settings, `make` is called once and its answer kept in `master.key` of the data folder.
    """
    if chosen.master_key:
        return chosen.master_key.get_secret_value()
    path = chosen.data / "master.key"
    if not path.exists():
        _keep(path, make())
    return path.read_text().strip()


def _keep(path: Path, text: str) -> None:
    """Write a file for our eyes only, whole or not at all; if two processes do, the first one's stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    # SECURITY: the mode is set when the file is made, so that nobody can open it in between.
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        return
    finally:
        draft.unlink()


def settings_table() -> str:
    """The settings as a Markdown table, for the documentation."""
    parts = SiteSettings.model_fields | LimitSettings.model_fields
    own = [field for name, field in Settings.model_fields.items() if name not in parts]
    rows = [_row(field) for field in (*own, *parts.values())]
    return "\n".join(["| variable | default | meaning |", "|---|---|---|", *rows])


def _row(field: FieldInfo) -> str:
    default: Any = field.default
    shown = f"`{default}`" if default is not None and field.default_factory is None else ""
    return f"| `{field.alias}` | {shown} | {field.description} |"

"""Who the person is to us: the account, its answers, how they sign in, what they agreed to."""

from sqlalchemy import func

from models.base import metadata
from operations.data_export.table import ANSWERS, HASH, NAMED, PERSON, ROW, SUBJECTS, YOURS, Column, Table
from operations.retention import kept

account = metadata.tables["account"]
answers = metadata.tables["demographics"]
address = metadata.tables["ip_address_use"]
consent = metadata.tables["consent"]
session = metadata.tables["session"]
factor = metadata.tables["second_factor"]
attempt = metadata.tables["attempt"]
rate = metadata.tables["rate"]
membership = metadata.tables["membership"]
organisation = metadata.tables["organisation"]

SIGN_IN = "to let you, and nobody else, sign in"
ABUSE = "to prevent or detect abuse of the site (P03), and for nothing else"

TABLES = (
    Table(
        "account",
        "Your account: one row.",
        "to sign you in, to write to you about your stories (P01), and to route your stories to those responsible for "
        "care where you live (P02)",
        kept("account"),
        account,
        account.c.id == PERSON,
        (account.c.id,),
        (
            Column("id", account.c.id, "the number under which the account is kept"),
            Column("created_at", account.c.created_at, "when you registered"),
            Column("email_verified_at", account.c.email_verified_at, "when you confirmed your email"),
            Column("email", account.c.email, "your email address"),
            Column("postcode", account.c.postcode, "your postcode"),
            Column("pen_name", account.c.pen_name, "the name shown with your next stories"),
            Column("password_set", account.c.password_hash.is_not(None), "whether you set a password"),
            Column("roles", account.c.roles, "what you do for the people who run the site, if anything"),
        ),
        {
            "account.email_hash": HASH,
            "account.password_hash": "of your password only a one-way hash is kept; whether there is one, is told",
            "account.demographics_id": "which answers are yours: those in demographics",
        },
    ),
    Table(
        "demographics",
        "Your answers to the optional questions about you.",
        "for statistics; never shown about you (P07)",
        kept("demographics"),
        answers,
        answers.c.id == ANSWERS,
        (answers.c.id,),
        (
            Column("gender", answers.c.gender, "your gender"),
            Column("birth_year", answers.c.birth_year, "your year of birth"),
            Column("ethnic_group", answers.c.ethnic_group, "your ethnic group"),
            Column("limited_by_condition", answers.c.limited_by_condition, "whether a health condition limits you"),
            Column("counted", answers.c.counted, "whether you agreed to be counted in statistics (see consents)"),
        ),
        {"demographics.id": "the number that only your own key links to your account"},
    ),
    Table(
        "ip_addresses",
        "The internet (IP) addresses from which you used the site.",
        ABUSE,
        kept("ip_address_use"),
        address,
        address.c.account_id == PERSON,
        (address.c.used_at, address.c.id),
        (
            Column("address", address.c.address, "the address"),
            Column("used_at", address.c.used_at, "when it was used"),
            Column("use", address.c.use, "what it was used for"),
        ),
        {"ip_address_use.id": ROW, "ip_address_use.account_id": YOURS},
    ),
    Table(
        "consents",
        "What you agreed to and what you withdrew, each time; the last row of a purpose counts.",
        "to know and to show what you agreed to (P12)",
        kept("consent"),
        consent,
        consent.c.account_id == PERSON,
        (consent.c.id,),
        (
            Column("purpose", consent.c.purpose, "for what we may use your stories"),
            Column("granted", consent.c.granted, "whether you agreed (true) or withdrew (false)"),
            Column("given_at", consent.c.given_at, "when"),
            Column("notice_version", consent.c.notice_version, "which version of the privacy notice you were shown"),
            Column("given_by", consent.c.given_by, "how you told us"),
        ),
        {"consent.id": ROW, "consent.account_id": YOURS},
    ),
    Table(
        "sessions",
        "Where you are signed in.",
        SIGN_IN,
        kept("session"),
        session,
        session.c.account_id == PERSON,
        (session.c.created_at, session.c.id),
        (
            Column("created_at", session.c.created_at, "when you signed in"),
            Column("expires_at", session.c.expires_at, "when it ends by itself"),
            Column("client", session.c.client, "the browser or app, as it called itself"),
            Column("second_factor", session.c.second_factor, "whether you gave a code from your authenticator app"),
        ),
        {"session.id": ROW, "session.account_id": YOURS, "session.token_hash": HASH},
    ),
    Table(
        "second_factor",
        "Your authenticator app, if you use one.",
        SIGN_IN,
        kept("second_factor"),
        factor,
        factor.c.account_id == PERSON,
        (factor.c.created_at,),
        (
            Column("created_at", factor.c.created_at, "when you began to set it up"),
            Column("confirmed_at", factor.c.confirmed_at, "when you confirmed it; from then on it is asked for"),
            Column("last_used_at", func.to_timestamp(factor.c.last_step * 30), "when its last code was used"),
            Column("recovery_codes_left", func.cardinality(factor.c.recovery_hashes), "unused recovery codes"),
        ),
        {
            "second_factor.account_id": YOURS,
            "second_factor.secret": "your app has it; whoever found it in a copy could make your codes",
        },
    ),
    Table(
        "sign_in_attempts",
        "Attempts to sign in as you, or to do what needs your password: by you, or by somebody who tried.",
        ABUSE,
        kept("attempt"),
        attempt,
        attempt.c.subject.in_(SUBJECTS),
        (attempt.c.id,),
        (
            Column("kind", attempt.c.kind, "what was attempted"),
            Column("attempted_at", attempt.c.attempted_at, "when"),
            Column("succeeded", attempt.c.succeeded, "whether it succeeded"),
        ),
        {"attempt.id": ROW, "attempt.subject": HASH, "attempt.address": HASH},
    ),
    Table(
        "requests",
        "How much your programs asked this site for within a minute, where it was much.",
        ABUSE,
        kept("rate"),
        rate,
        rate.c.subject.in_(SUBJECTS),
        (rate.c.counted_at,),
        (
            Column("level", rate.c.level, "how much of what you may ask for was used up, in units of cost"),
            Column("counted_at", rate.c.counted_at, "when"),
        ),
        {"rate.subject": HASH},
    ),
    Table(
        "memberships",
        "Organisations that you act for on the site.",
        "to let you do what your organisation asked for",
        kept("membership"),
        membership.join(organisation),
        membership.c.account_id == PERSON,
        (membership.c.id,),
        (
            Column("organisation", organisation.c.name, "the organisation"),
            Column("role", membership.c.role, "what you may do for it"),
        ),
        {"membership.id": ROW, "membership.account_id": YOURS, "membership.organisation_id": NAMED},
    ),
)

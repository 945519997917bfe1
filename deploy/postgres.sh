#!/bin/sh
# Makes the database, and the role that Candour uses it as: its owner, but no superuser, so that row security holds.
# Runs once, as a superuser: by the image of PostgreSQL, or by hand. PostgreSQL 17 or later; for 15 and 16 leave out the
# locale's provider.
set -eu
psql --username "${POSTGRES_USER:-postgres}" --dbname postgres --set ON_ERROR_STOP=1 \
    --set password="$CANDOUR_DATABASE_PASSWORD" <<'SQL'
CREATE ROLE candour LOGIN PASSWORD :'password';
GRANT SET ON PARAMETER session_replication_role TO candour;
GRANT pg_signal_backend TO candour;
CREATE DATABASE candour OWNER candour TEMPLATE template0
    ENCODING 'UTF8' LOCALE 'C' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8';
SQL

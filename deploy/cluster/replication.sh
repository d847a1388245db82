#!/usr/bin/env bash
# Runs once, when the primary's empty data folder is initialised: who may copy it and follow it.
set -euo pipefail

psql --variable=ON_ERROR_STOP=1 --variable=password="$REPLICATION_PASSWORD" --username="$POSTGRES_USER" --dbname="$POSTGRES_DB" <<'SQL'
CREATE ROLE replication LOGIN REPLICATION PASSWORD :'password';
SQL
echo 'host replication replication all scram-sha-256' >>"$PGDATA/pg_hba.conf"

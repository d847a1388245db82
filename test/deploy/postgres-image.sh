#!/usr/bin/env bash
# Stands in for the entrypoint of the postgres image, as far as deploy/cluster leans on it: initialises an empty data folder, runs
# /docker-entrypoint-initdb.d (here: INIT_SCRIPT) while only local connections are taken, then runs the command.
set -euo pipefail

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  initdb --pgdata="$PGDATA" --username="$POSTGRES_USER" --auth-local=trust --auth-host=scram-sha-256 --no-sync \
    --pwfile=<(echo "$POSTGRES_PASSWORD")
  echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
  pg_ctl --pgdata="$PGDATA" --wait --options="-c listen_addresses='' -k $PGDATA" start
  createdb --host="$PGDATA" --username="$POSTGRES_USER" "$POSTGRES_DB"
  PGHOST=$PGDATA bash "$INIT_SCRIPT"
  pg_ctl --pgdata="$PGDATA" --wait stop
fi
chmod 700 "$PGDATA"
exec "$@"

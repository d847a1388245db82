#!/usr/bin/env bash
# Entrypoint of both servers of a PostgreSQL pair, around that of the postgres image. PEER is the other server.
#
# A server with an empty data folder becomes the standby of its peer, or the primary if there is none. One with data starts as what
# it was, unless its peer has been promoted meanwhile: two primaries would each take orders that the other lacks.
set -euo pipefail

as_postgres=()
[ "$(id -u)" -ne 0 ] || as_postgres=(gosu postgres)

# Is the peer a primary? Prints nothing if it does not answer.
peer_is_primary() {
  PGPASSWORD=$POSTGRES_PASSWORD PGCONNECT_TIMEOUT=5 psql --no-psqlrc --tuples-only --no-align \
    --host="$PEER" --username="$POSTGRES_USER" --dbname="$POSTGRES_DB" \
    --command='SELECT NOT pg_is_in_recovery()' 2>/dev/null || true
}

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  if [ "$(peer_is_primary)" = t ]; then
    echo "copying $PEER, to become its standby"
    "${as_postgres[@]}" env PGPASSWORD="$REPLICATION_PASSWORD" pg_basebackup --pgdata="$PGDATA" --checkpoint=fast \
      --write-recovery-conf --wal-method=stream --dbname="host=$PEER user=replication application_name=standby"
  fi
elif [ ! -e "$PGDATA/standby.signal" ] && [ "$(peer_is_primary)" = t ]; then
  echo "$PEER is the primary now. What is here may hold commits that it lacks: save it if need be, then empty $PGDATA, and this" \
    "server becomes the standby of $PEER." >&2
  exit 1
fi

# Enough of the log is kept for a standby that was away for a while; one that was away for longer is copied anew.
exec docker-entrypoint.sh postgres -c wal_keep_size=1GB -c hot_standby=on "$@"

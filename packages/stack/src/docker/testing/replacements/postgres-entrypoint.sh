# The part of the official image's entry point that this project uses: makes the cluster and the database at the first start.
set -e
if [ "$(id -u)" = 0 ]; then
  chown postgres /var/lib/postgresql /var/run/postgresql
  exec setpriv --reuid=postgres --regid=postgres --clear-groups sh "$0" "$@"
fi
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  secret=$(mktemp)
  if [ -n "$POSTGRES_PASSWORD_FILE" ]; then cat "$POSTGRES_PASSWORD_FILE" > "$secret"; else echo "$POSTGRES_PASSWORD" > "$secret"; fi
  # The arguments are words.
  initdb --pgdata="$PGDATA" --username="$POSTGRES_USER" --pwfile="$secret" --auth-local=trust --auth-host=scram-sha-256 $POSTGRES_INITDB_ARGS
  rm "$secret"
  echo 'host all all all scram-sha-256' >> "$PGDATA/pg_hba.conf"
  sed -i "s/^#listen_addresses.*/listen_addresses = '*'/" "$PGDATA/postgresql.conf"
  echo "CREATE DATABASE \"$POSTGRES_DB\"" | postgres --single -D "$PGDATA" postgres
fi
exec "$@"

#!/usr/bin/env bash
# Starts Postgres, after creating the cluster if there is none. Supports the most common variables and folders of the
# official image: POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB (each also as …_FILE), POSTGRES_INITDB_ARGS,
# POSTGRES_HOST_AUTH_METHOD, PGDATA, and *.sh, *.sql, *.sql.gz in /docker-entrypoint-initdb.d.
set -euo pipefail

# `docker run postgres -c name=value` passes options to the server.
if [[ ${1:-} == -* ]]; then set -- postgres "$@"; fi
if [[ ${1:-} != postgres ]]; then exec "$@"; fi

# Postgres refuses to run as root. A volume from elsewhere may belong to root.
if [[ $(id -u) == 0 ]]; then
  mkdir -p "$PGDATA"
  find /var/run/postgresql "$PGDATA" ! -user postgres -exec chown postgres: {} +
  exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
fi

from_file() {
  local name=$1 file="${1}_FILE"
  if [[ -n ${!file:-} ]]; then export "$name=$(<"${!file}")"; fi
}

make_cluster() {
  local user=${POSTGRES_USER:-postgres}
  local database=${POSTGRES_DB:-$user} method=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}
  if [[ -z ${POSTGRES_PASSWORD:-} && $method != trust ]]; then
    echo 'POSTGRES_PASSWORD is not set. A new database needs it as the password of its superuser.' >&2
    exit 1
  fi
  # shellcheck disable=SC2086 # several arguments in one variable
  initdb --pgdata="$PGDATA" --username="$user" --auth=trust \
    ${POSTGRES_PASSWORD:+--pwfile=<(printf '%s\n' "$POSTGRES_PASSWORD")} ${POSTGRES_INITDB_ARGS:-}
  printf '\nhost all all all %s\n' "$method" >> "$PGDATA/pg_hba.conf"

  # The scripts run on a server that no one else can reach, with the same arguments as the final server.
  pg_ctl --pgdata="$PGDATA" --wait --options="$(printf '%q ' "${@:2}" -c listen_addresses= -c log_min_messages=warning)" start
  local psql=(psql --no-psqlrc --no-password --set=ON_ERROR_STOP=1 --username="$user")
  if [[ $database != postgres ]]; then
    "${psql[@]}" --dbname=postgres --set=name="$database" <<< 'create database :"name"'
  fi
  local script
  for script in /docker-entrypoint-initdb.d/*; do
    case $script in
      *.sh) echo "running $script"; if [[ -x $script ]]; then "$script"; else . "$script"; fi ;;
      *.sql) echo "running $script"; "${psql[@]}" --dbname="$database" --file="$script" ;;
      *.sql.gz) echo "running $script"; gunzip --stdout "$script" | "${psql[@]}" --dbname="$database" ;;
    esac
  done
  pg_ctl --pgdata="$PGDATA" --wait --mode=fast stop
}

if [[ ! -s $PGDATA/PG_VERSION ]]; then
  for name in POSTGRES_USER POSTGRES_PASSWORD POSTGRES_DB POSTGRES_INITDB_ARGS; do from_file "$name"; done
  mkdir -p "$PGDATA"
  chmod 700 "$PGDATA"
  make_cluster "$@"
fi
exec "$@"

#!/usr/bin/env bash
# Starts RabbitMQ as the user rabbitmq. RabbitMQ itself reads RABBITMQ_DEFAULT_USER and RABBITMQ_DEFAULT_PASS.
set -euo pipefail

if [[ ${1:-} == rabbitmq-server && $(id -u) == 0 ]]; then
  # A volume from elsewhere may belong to root.
  find /var/lib/rabbitmq ! -user rabbitmq -exec chown rabbitmq: {} +
  exec setpriv --reuid=rabbitmq --regid=rabbitmq --init-groups "$0" "$@"
fi

# The secret that the server shares with its tools. Healthchecks run as root: if one ran first and created this file, the
# server couldn't read it.
cookie=/var/lib/rabbitmq/.erlang.cookie
if [[ ${1:-} == rabbitmq-server && ! -s $cookie ]]; then
  (umask 177 && head -c 15 /dev/urandom | base64 > "$cookie")
fi
exec "$@"

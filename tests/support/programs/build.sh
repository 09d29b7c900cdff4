#!/usr/bin/env bash
# npm run programs: builds the programs that the tests and the images need from Go modules, and installs them like `go
# install`: into GOBIN or ~/go/bin. It takes minutes on a new machine, and seconds afterwards.
set -euo pipefail
cd "$(dirname "$0")"
# Static, so that they run in an image without a C library. The caller's own Go settings must not change what is built.
export CGO_ENABLED=0 GOFLAGS='' GOWORK=off
bin=$(go env GOBIN)
bin=${bin:-$(go env GOPATH)/bin}

# `go install module@version` refuses modules with replace directives, and would let each program choose its own versions.
build() { # program, package, version as the program prints it
  printf '%s %s\n' "$1" "$3"
  # Only the parts of Prometheus' service discovery that otel/otel.yml uses: all of it would double time and size.
  go build -trimpath -buildvcs=false -tags=netgo,remove_all_sd,enable_moby_sd -o "$bin/$1" \
    -ldflags="-s -w -X github.com/prometheus/common/version.Version=$3 -X github.com/docker/compose/v2/internal.Version=v$3" "$2"
}
version() { go list -m -f '{{.Version}}' "$1" | sed 's/^v//'; }

go tool builder --config=collector.yaml --skip-get-modules --skip-compilation
prometheus=github.com/prometheus/prometheus
# Prometheus 3.13.2 is v0.313.2 to Go.
prometheus_version=$(version $prometheus | sed -E 's/^0\.(.)(..)\./\1.\2./')
exporter=github.com/prometheus-community/postgres_exporter
build otelcol-contrib ./collector "$(version go.opentelemetry.io/collector/otelcol)"
build prometheus $prometheus/cmd/prometheus "$prometheus_version"
build promtool $prometheus/cmd/promtool "$prometheus_version"
build postgres_exporter $exporter/cmd/postgres_exporter "$(version $exporter)"
build docker-compose github.com/docker/compose/v2/cmd "$(version github.com/docker/compose/v2)"
echo "They are in $bin, which belongs on PATH."

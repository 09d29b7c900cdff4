#!/usr/bin/env bash
# npm run programs:kubernetes: builds kubectl, the Kubernetes API server, etcd and versitygw from Go modules, all under
# Apache-2.0, and installs them like `go install`: into GOBIN or ~/go/bin. It takes ten minutes on a new machine.
set -euo pipefail
cd "$(dirname "$0")"
# The caller's own Go settings must not change what is built.
export CGO_ENABLED=0 GOFLAGS='-trimpath -buildvcs=false' GOWORK=off
bin=$(go env GOBIN)
bin=${bin:-$(go env GOPATH)/bin}

version=$(go list -m -f '{{.Version}}' k8s.io/kubernetes)
# Otherwise they report version 0.0.0, and enable nothing.
minor=${version#v1.} component=k8s.io/component-base/version
flags="-s -w -X $component.gitVersion=$version -X $component.gitMajor=1 -X $component.gitMinor=${minor%%.*}"
for program in kubectl kube-apiserver; do
  go build -ldflags="$flags" -o "$bin/$program" "k8s.io/kubernetes/cmd/$program"
  echo "$program $version"
done
go build -ldflags='-s -w' -o "$bin/etcd" go.etcd.io/etcd/server/v3
# It has no replace directives, and needs other versions of Kubernetes' modules.
go install -ldflags='-s -w -X main.Version=v1.8.0' github.com/versity/versitygw/cmd/versitygw@v1.8.0
echo "They are in $bin, which belongs on PATH."

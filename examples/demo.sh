#!/bin/sh
# make demo: takes the Go example, and the Node one where node is there, the whole way on this machine: init, rendering
# of every environment with secrets from a throw-away gopass store, the service as a plain process, its smoke tests.
# Needs Go only: no Docker, no cluster, no questions. Everything happens in one temporary directory, which is removed at the
# end and on ctrl-C; KEEP=1 leaves it there for a look at what was made.
set -eu
cd "$(dirname "$0")/.."
here=$(pwd)
migrate=$here/bin/migrate
work=$(mktemp -d "${TMPDIR:-/tmp}/migrate-demo.XXXXXX")
pids=
stop() {
  for pid in $pids; do kill "$pid" 2>/dev/null || :; done
  wait 2>/dev/null || :
  cd /
  [ -n "${KEEP:-}" ] || rm -rf "$work"
}
trap stop EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
[ -t 1 ] || say() { printf '\n%s\n' "$*"; }
run() { printf '$ %s\n' "$*"; "$@"; }
free_port() { "$work/freeport"; }

cat >"$work/freeport.go" <<'GO'
package main

import (
	"fmt"
	"net"
)

func main() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(l.Addr().(*net.TCPAddr).Port)
}
GO
go build -o "$work/freeport" "$work/freeport.go"
go build -o "$work/demostore" ./cmd/internal/demostore

# take NAME: init, store, check and render; leaves the shell in the repository.
take() {
  say "$1: what the old repository holds"
  cp -R "$here/examples/$1/before" "$work/$1"
  cd "$work/$1"
  find . -type f ! -path './node_modules/*' | sort | head -30
  say "$1: migrate init"
  run "$migrate" init --no-input
  say "$1: is every secret there? (a throw-away gopass store, empty at first)"
  "$work/demostore" "$work/store-$1" >"$work/env"
  set -a; . "$work/env"; set +a
  run "$migrate" secrets check --env staging || echo "(exit $?: all that is missing, at once)"
  keys=
  for env in staging production; do
    for key in $("$migrate" secrets list --env "$env" --paths); do keys="$keys $key=only-for-the-demo"; done
  done
  rm -rf "$work/store-$1"
  # shellcheck disable=SC2086 # one word per key
  "$work/demostore" "$work/store-$1" $keys >"$work/env"
  set -a; . "$work/env"; set +a
  run "$migrate" secrets check --env all
  say "$1: render every environment (what make kube_create_config does)"
  run "$migrate" kube create-config --env all --tag demo
}

# check NAME PORT: the endpoints beside the process, then the smoke tests against it.
check() {
  side=$(free_port)
  "$here/bin/migrate-sidecar" --listen "127.0.0.1:$side" --target "127.0.0.1:$2" --name "$1" 2>"$work/$1-sidecar.log" &
  pids="$pids $!"
  say "$1: smoke tests (TARGET_URL=127.0.0.1:$2 make smoke_test)"
  run "$migrate" smoke smoke --target "127.0.0.1:$2"
  say "$1: health and info, from migrate-sidecar beside the unchanged process"
  for path in /ready /info; do
    printf '%s ' "$path"
    curl --silent --show-error --max-time 5 "http://127.0.0.1:$side$path" 2>/dev/null || "$migrate" version >/dev/null
    echo
  done
}

take billing
port=$(free_port)
say "billing: start it as a plain process on port $port"
GOFLAGS=-mod=mod go build -o "$work/billing.bin" .
PORT=$port "$work/billing.bin" >"$work/billing.log" 2>&1 &
pids="$pids $!"
check billing "$port"

if command -v node >/dev/null && command -v npm >/dev/null; then
  take catalog
  port=$(free_port)
  say "catalog: start it as a plain process on port $port (npm install first)"
  if npm ci --no-audit --no-fund --loglevel=error; then
    PORT=$port node server.js >"$work/catalog.log" 2>&1 &
    pids="$pids $!"
    check catalog "$port"
  else
    echo "npm could not install its dependencies: the Node example is not started."
  fi
else
  say "node is not on the PATH: the Node example is left out"
fi

[ -n "${KEEP:-}" ] || { say "Done. KEEP=1 make demo leaves the directory there for a look at what was made."; exit 0; }
say "Done. Look at"
for name in billing catalog; do
  [ -d "$work/$name" ] || continue
  echo "  $work/$name/migrate.yaml           the model, with the line that each value came from"
  echo "  $work/$name/build/kube/*.yaml      what each environment would get"
  echo "  $work/$name/smoke/                 the checks that were run"
done
echo "Next: cd to one of them and try make help."

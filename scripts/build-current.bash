# Sourced by scripts that run in the project's folder, or name it: whether dist/ was built from today's sources and packages.
# The stamp is dated before the compiler reads, so a source saved meanwhile counts as newer. A deleted
# one makes its folder newer.
build_stamp=dist/.built

build_is_current() {
  local project=${1:-.}
  [[ -f $project/$build_stamp ]] || return 1
  [[ -z $(cd "$project" && find src sandbox package.json package-lock.json tsconfig.json tsconfig.build.json \
    -path 'sandbox/test*' -prune -o \( -type d -o -name '*.[tj]s*' \) -newer "$build_stamp" -print -quit 2>/dev/null) ]]
}

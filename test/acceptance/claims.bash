# What the acceptance scripts have in common; each sources it from the root of the clone, and says so by `cd`. One line
# `ok …` or `not ok …` for each claim; everything is made in a folder of its own, which is removed at the end.
root=$PWD
work=$(mktemp -d) || exit 1
project="$work/a project"
sandbox=
running=
failed=0
status=0

# HOME moves below, and with it the place where Packer looks for its plugins.
if [[ -z ${PACKER_PLUGIN_PATH:-} && -d $HOME/.config/packer/plugins ]]; then
  export PACKER_PLUGIN_PATH=$HOME/.config/packer/plugins
fi

# Nobody's credentials, proxies or profile get in.
unset "${!AWS_@}" "${!HTTP_@}" "${!HTTPS_@}" "${!http_@}" "${!https_@}" "${!NO_PROXY@}" "${!no_proxy@}"
export AWS_EC2_METADATA_DISABLED=true NO_COLOR=1 LANG=C.UTF-8 HOME=$work
export PATH="$root/node_modules/.bin:$PATH"
export GOPACKGO_TOOLS="${GOPACKGO_TOOLS:-$root/.tools}"
# Every command loads the same modules: compiled once, each takes a seventh less of the processor.
export NODE_COMPILE_CACHE=$root/node_modules/.cache/compiled

clean_up() {
  trap - EXIT
  [[ -z $running ]] || kill -KILL "$running" 2>/dev/null
  end_sandbox
  local file
  for file in "$project"/.gopackgo/sandbox/releases/*/attempts/*/*/pid; do
    [[ -s $file && ! -e ${file%/pid}/result.json ]] && kill -KILL -- "-$(<"$file")" 2>/dev/null
  done
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' HUP INT TERM

# check CLAIM COMMAND…: the claim holds where the command succeeds.
check() {
  local claim=$1
  shift
  if "$@" >"$work/why" 2>&1; then
    printf 'ok %s\n' "$claim"
  else
    failed=$((failed + 1))
    printf 'not ok %s (exit status of the last command: %s)\n' "$claim" "$status"
    tail -n 20 "$work/out" "$work/err" "$work/why" 2>/dev/null | sed 's/^/  | /'
  fi
}

gopackgo() { bash "$root/scripts/gopackgo" "$@"; }

# One command, for at most two minutes. Its exit status, stdout and stderr are kept.
run() {
  timeout --kill-after=5 120 bash "$root/scripts/gopackgo" "$@" >"$work/out" 2>"$work/err" </dev/null
  status=$?
}
# The last command ended so, and said all that these patterns match.
ended() {
  local expected=$1 pattern
  shift
  [[ $status == "$expected" ]] || return
  for pattern in "$@"; do
    grep -Eqh -- "$pattern" "$work/out" "$work/err" || { echo "it did not say: $pattern"; return 1; }
  done
}
# refuses CLAIM STATUS PATTERN WORDS…: so does the command of these words, without a stack trace.
refuses() {
  local claim=$1 expected=$2 pattern=$3
  shift 3
  run "$@"
  check "$claim: $expected" ended "$expected" "$pattern"
  check "$claim: no stack trace" bash -c '! grep -Eq "^ +at " "$1"' - "$work/err"
}
# JavaScript over the last command's stdout: `json` is all of it, `lines` each of its lines.
shows() {
  node -e '
    const text = require("node:fs").readFileSync(process.argv[1], "utf8");
    const parse = (one) => { try { return JSON.parse(one); } catch { return undefined; } };
    const json = parse(text);
    const lines = text.trimEnd().split("\n").map(parse);
    process.exit(eval(process.argv[2]) ? 0 : 1);
  ' "$work/out" "$1"
}

# within SECONDS COMMAND…: until it succeeds.
within() {
  local turns=$(($1 * 10)) turn
  shift
  for ((turn = 0; turn < turns; turn++)); do
    if "$@" >/dev/null 2>&1; then return 0; fi
    sleep 0.1
  done
  echo "waited in vain for: $*"
  return 1
}
# Starts a command; $running is the process id of its Node.
start() {
  rm -f "$work/pid" "$work/status"
  {
    bash "$root/scripts/gopackgo" "$@" >"$work/out" 2>"$work/err" </dev/null &
    printf '%s' "$!" >"$work/pid"
    wait "$!"
    printf '%s' "$?" >"$work/status"
  } 2>/dev/null &
  within 10 test -s "$work/pid" || return
  running=$(<"$work/pid")
}
finish() {
  within 90 test -s "$work/status" || kill -KILL "$running"
  within 10 test -s "$work/status"
  status=$(cat "$work/status" 2>/dev/null || echo none)
  running=
}

start_sandbox() {
  end_sandbox
  bash "$root/scripts/gopackgo" sandbox "$@" >"$work/sandbox.env" 2>"$work/sandbox.err" </dev/null &
  sandbox=$!
  within 30 grep -q 'runs at' "$work/sandbox.err"
}
end_sandbox() {
  [[ -n $sandbox ]] || return 0
  kill -TERM "$sandbox" 2>/dev/null
  wait "$sandbox" 2>/dev/null
  sandbox=
}
# Calls of an operation that were carried out, from the sandbox's log.
calls() { grep -c "\"operation\":\"$1\",.*\"status\":200," .gopackgo/sandbox/state/calls.ndjson; }
called() { [[ $(calls "$1") == "$2" ]]; }
# So many AMIs, all available, and nothing else of ours, as a client that is none of gopackgo's sees it.
stands() {
  (
    . "$work/sandbox.env"
    AMIS=$1 ROOT=$root timeout 60 node --input-type=module -e '
      const { connect } = await import(`${process.env.ROOT}/src/aws/connection.ts`);
      const { stateOf } = await import(`${process.env.ROOT}/test/e2e/state.ts`);
      const state = await stateOf(connect({ endpoint: "sandbox:acceptance", environment: process.env }));
      console.log(JSON.stringify(state));
      const whole = state.amis.filter((ami) => ami.state === "available" && ami.tags["gopackgo:recipe"]);
      process.exit(whole.length === Number(process.env.AMIS) && state.amis.length === whole.length &&
        state.leftovers.length === 0 ? 0 : 1);
    '
  )
}

amis_shown() { grep -Eo 'ami-[0-9a-f]{17}' "$work/out" | sort -u; }

#!/usr/bin/env bash
# Shows from outside, through the command line alone, that configs/official.json is published with real Packer against
# the embedded AWS: 48 AMIs in 8 regions, on EBS and on instance-store, public together or not at all. One line `ok …` or
# `not ok …` for each claim. Needs nothing but what scripts/setup brings, and waits for nothing without a limit.
set -uo pipefail
unset CDPATH
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
# shellcheck source=test/acceptance/claims.bash
source test/acceptance/claims.bash

# --- A newcomer: scripts/demo, twice, in a folder with a space in its name

clone="$work/a clone"
mkdir "$clone" && cp -R "$root"/{scripts,configs,src,sandbox,dist,package.json,package-lock.json,tsconfig.json,tsconfig.build.json,ami_ids.json} "$clone" &&
  ln -s "$root/node_modules" "$clone/node_modules" && touch "$clone/dist/.built" || exit 1
demo() {
  timeout --kill-after=5 420 bash "$clone/scripts/demo" >"$work/out" 2>"$work/err" </dev/null
  status=$?
}
cd "$clone" || exit 1
before=$(md5sum <ami_ids.json)
demo
check 'demo: 48 AMIs by real Packer, verified, public, recorded' ended 0 '48 AMIs in 8 regions' 'to build 48' '48 of 48 verified, public' 'ami_ids.json: 48 added, 0 replaced'
check 'the plan says how the base images were found' ended 0 '16 by SSM and 32 by DescribeImages \(32 deprecated'
screen_of_readme() { node -e '
  const { readFileSync } = require("node:fs");
  const [readme, ...said] = process.argv.slice(1).map((file) => readFileSync(file, "utf8"));
  const alike = (line) =>
    line.replace(/\b(ami|snap)-[0-9a-f]+/g, "$1-ID").replace(/ +[\d.]+(?= +\d+ +(snap|-))/, " N").replace(/took .*/, "took").trimEnd();
  const lines = said.join("\n").split("\n").map(alike);
  const [, shown] = readme.match(/^\$ scripts\/demo\n([^]*?)^```$/m);
  const wanted = shown.trimEnd().split("\n").filter((line) => line !== "" && line !== "…");
  const missing = wanted.filter((line) =>
    line.endsWith("…") ? !lines.some((one) => one.startsWith(line.slice(0, -1))) : !lines.includes(alike(line)));
  for (const line of missing) console.error(`not said: ${line}`);
  process.exit(wanted.length > 8 && missing.length === 0 ? 0 : 1);' "$root/README.md" "$work/out" "$work/err"; }
check "README shows the demo's screen" screen_of_readme
first=$(amis_shown)
check 'Packer has a log for each attempt' test "$(find .gopackgo -path '*/attempts/*/1/log' | wc -l)" == 48
check 'no permission was touched before the last AMI was made' node -e '
  const calls = require("node:fs").readFileSync(".gopackgo/sandbox/state/calls.ndjson", "utf8").trimEnd().split("\n").map((line) => JSON.parse(line).operation);
  const permission = calls.findIndex((one) => /Modify(Image|Snapshot)Attribute$/.test(one));
  const made = calls.findLastIndex((one) => /(CreateImage|RegisterImage)$/.test(one));
  const snapshot = calls.findLastIndex((one) => /ModifySnapshotAttribute$/.test(one));
  const image = calls.findIndex((one) => /ModifyImageAttribute$/.test(one));
  process.exit(made > 0 && permission > made && image > snapshot ? 0 : 1);'
ids() { node -e '
  const text = require("node:fs").readFileSync(process.argv[1], "utf8");
  const ids = JSON.parse(text);
  const regions = Object.keys(ids);
  const all = Object.values(ids).flat();
  const shape = all.every((one) => Object.keys(one).join() === "Distributor ID,Release,id,virtualization type");
  const bytes = `${JSON.stringify(ids, null, 4)}\n` === text;
  process.exit(shape && bytes && regions.length === 8 && regions.join() === regions.toSorted().join() &&
    all.length === 48 && new Set(all.map((one) => one.id)).size === 48 ? 0 : 1);' "$1"; }
check 'ami_ids.json: 8 regions sorted, 6 AMIs each, historic keys, 4 spaces, newline' ids .gopackgo/sandbox/ami_ids.json
check "the project's own ami_ids.json is untouched" test "$before" == "$(md5sum <ami_ids.json)"
recorded=$(md5sum <.gopackgo/sandbox/ami_ids.json)
demo
check 'demo again: all are there already, nothing is made' ended 0 'all exist already, nothing was built'
check 'demo again: the same 48 AMIs' test "$(wc -w <<<"$first") $first" == "48 $(amis_shown)"
run status official --sandbox --json
check 'status, from AWS alone: 48 shared' shows 'json.targets.length === 48 && json.targets.every((one) => one.status === "shared" && /^ami-/.test(one.ami))'
rm -r .gopackgo/sandbox/releases
run publish official --sandbox --yes
check 'without .gopackgo records: the same AMIs, nothing made' ended 0 'all exist already, nothing was built'
check 'and the same file of ids' test "$recorded" == "$(md5sum <.gopackgo/sandbox/ami_ids.json)"

# --- A region more, and a part of it

node -e '
  const fs = require("node:fs");
  const text = fs.readFileSync("configs/official.json", "utf8");
  fs.writeFileSync("configs/official.json", text.replace(/"us-west-2": \{\}/, `$&,\n    "eu-central-1": { "bestEffort": true }`));
  const account = JSON.parse(fs.readFileSync("scripts/demo-account.json", "utf8"));
  account.accounts.push({ ...account.accounts.at(-1), region: "eu-central-1", quotas: { "L-0E3CBAB9": 5 } });
  fs.writeFileSync("more.json", JSON.stringify(account));'
run plan official --sandbox --sandbox-account more.json --json
check 'a region that was added: 48 stand, 6 are to be built' shows 'json.targets.filter((one) => one.status === "shared").length === 48 && json.targets.length === 54'
run publish official --sandbox --yes
check 'a best-effort region over its quota of public AMIs: 3, and the rest stays published' ended 3 'eu-central-1' 'L-0E3CBAB9|public AMIs'
check 'the 48 are as they were' eval "run status official --sandbox --json; shows 'json.targets.filter((one) => one.status === \"shared\").length === 48'"
cd "$root" && rm -rf "$clone"

# --- A new account: refused before anything is spent

mkdir "$project" && cp -R "$root/configs" "$project/configs" || exit 1
cd "$project" || exit 1
run publish official --sandbox --yes
check 'a new account may not: 4, quota and block public access named in every region' ended 4 'L-0E3CBAB9' 'disable-image-block-public-access --region' 'ap-northeast-1 .*us-west-2'
check 'nothing was made' eval '! grep -Eq "ec2:(RunInstances|CreateKeyPair|CreateImage|ModifyImageAttribute)" .gopackgo/sandbox/state/calls.ndjson'
run sandbox reset

# --- Instance-store

run publish test-instance --sandbox --sandbox-account "$root/scripts/demo-account.json" --yes
check 'test-instance: two instance-store AMIs' ended 0 '2 of 2 verified, shared with nobody'
check 'templates and logs hold no key' eval '! grep -rEl "BEGIN (RSA )?PRIVATE KEY|-s [A-Za-z0-9/+]{20}" .gopackgo/sandbox/releases/*/templates .gopackgo/sandbox/releases/*/attempts'
run sandbox reset

# --- Nothing public by halves

printf '%s' '[{"on": "ssh", "target": "us-west-2-2404-hvm", "command": "; .*script_", "does": {"exit": 9, "stderr": "E: no package\n"}}]' >faults.json
check 'the sandbox runs alone' start_sandbox --settings "$root/scripts/demo-account.json" --faults faults.json
run publish official --sandbox --yes
check 'a required target fails: 1, 47 stand, nothing is public' ended 1 '47 of 48 verified' '✖ us-west-2-2404-hvm'
check 'not one permission call' called ModifyImageAttribute 0
check 'not one snapshot was shared' called ModifySnapshotAttribute 0
check 'all ids are in result.json' node -e '
  const result = JSON.parse(require("node:fs").readFileSync(".gopackgo/sandbox/releases/official@2.6.4/result.json", "utf8"));
  process.exit(result.exit === 1 && result.targets.filter((one) => /^ami-/.test(one.ami ?? "")).length === 47 && !result.shared ? 0 : 1);'
check 'nothing was recorded' eval '! grep -q ami- .gopackgo/sandbox/ami_ids.json 2>/dev/null'
run publish official --sandbox --yes
check 'the same command makes the one that is missing, then all are public' ended 0 'to build 1 ' '48 of 48 verified, public' '48 added'
end_sandbox

exit $((failed > 0))

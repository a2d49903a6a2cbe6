#!/usr/bin/env bash
# Shows from outside, through the command line alone, that a publication goes the whole way with real Packer against
# the embedded AWS: what it makes, what it refuses, what it survives, what it leaves behind. One line `ok …` or
# `not ok …` for each claim. Needs nothing but what scripts/setup brings, and waits for nothing without a limit.
set -uo pipefail
unset CDPATH
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
# shellcheck source=test/acceptance/claims.bash
source test/acceptance/claims.bash

mkdir "$project" && cp -R "$root/configs" "$project/configs" || exit 1
cd "$project" || exit 1

# --- Mistakes, before anything is asked or made

refuses 'a config that is not there, with the nearest' 2 'Did you mean "test-ebs"' publish test-eb --sandbox --yes
printf '{ "version": "1" "amiName": "x" }' >configs/broken.json
refuses 'broken JSON, with line and column' 2 'configs/broken.json: line 1:18: expected' plan broken --sandbox
sed 's/"version": "1.0.0"/"version": 1, "sahre": {}, "account": "AKIAIOSFODNN7EXAMPLE"/' configs/test-ebs.json >configs/wrong.json
refuses 'wrong types, unknown keys and credentials' 2 'version: expected .*found the number 1' plan wrong --sandbox
check 'all of them at once, the nearest key named, the credential not shown' eval "ended 2 'sahre: .*Did you mean \"share\"' 'account: expected .*credential' && ! ended 2 AKIA"
sed 's/{version} {image}/{version}/' configs/test-ebs.json >configs/wrong.json
refuses 'two AMIs of one name' 2 'amiName: expected an AMI name for each image' plan wrong --sandbox
sed 's/"us-east-1"\]/"us-esat-1"]/' configs/test-ebs.json >configs/wrong.json
refuses 'a region that AWS does not have' 2 'Did you mean "us-east-1"' plan wrong --sandbox
sed 's/\["2204", "2404"\]/["1704"]/' configs/test-ebs.json >configs/wrong.json
refuses 'a base image that does not exist, with path and region' 4 'us-east-1.*/canonical/ubuntu/server/17.04/' plan wrong --sandbox
sed 's/"version": "1.0.0"/"version": "1.0.0", "account": "056342137115"/' configs/test-ebs.json >configs/wrong.json
refuses 'another account' 4 'account: expected 056342137115, found 123456789012' publish wrong --sandbox --yes
refuses '--only that chooses nothing, near misses shown' 2 'found none. Did you mean "us-east-1-2204-hvm"' publish test-ebs --sandbox --only us-east-1-2304-hvm
refuses 'no credentials' 4 'AWS credentials: expected credentials, found none' publish test-ebs --yes
refuses 'no --yes' 4 'add --yes' publish test-ebs --sandbox
PACKER=/nonexistent/packer refuses 'no Packer' 4 'PACKER=/nonexistent/packer: expected an executable' publish test-ebs --sandbox --yes
refuses 'a word that is no option' 2 'yse' publish test-ebs --sandbox --yse
rm -f configs/wrong.json configs/broken.json

printf '%s\n' 'import { registerHooks } from "node:module";' \
  'registerHooks({ resolve: (name, context, next) => (name.startsWith("@aws-sdk") ? process.exit(9) : next(name, context)) });' >"$work/guard.mjs"
NODE_OPTIONS="--import=$work/guard.mjs" run plan test-ebs --sandbox
check 'a plan loads the SDK' ended 9
NODE_OPTIONS="--import=$work/guard.mjs" run --help
check 'help loads no SDK' ended 0 'gopackgo publish '

# --- Plan and templates

run plan test-ebs --sandbox --json
check 'plan --json: two targets to build, base images pinned' shows 'json.targets.length === 2 && json.targets.every((one) => one.status === "absent" && /^ami-/.test(one.base.id) && one.base.via === "ssm")'
run plan test-ebs --sandbox --json --only 'us-*-hvm' --except 2404-hvm
check '--only and --except choose' shows 'json.targets.map((one) => one.name).join() === "us-east-1-2204-hvm"'
run generate test-ebs --sandbox --out "$work/the templates"
check 'generate writes a template for the region' ended 0 'the templates/us-east-1.pkr.json'
packer_accepts() { (cd configs && CHECKPOINT_DISABLE=1 timeout 60 "${PACKER:-packer}" validate "$work/the templates/us-east-1.pkr.json"); }
check 'packer validate accepts it' packer_accepts

# --- A build that fails, and the same command again

printf '%s' '[{"on": "ssh", "target": "us-east-1-2204-hvm", "command": "; .*script_", "does": {"exit": 9, "stderr": "E: no package\n"}}]' >faults.json
check 'the sandbox runs alone and says where' start_sandbox --faults faults.json
run publish test-ebs --sandbox --yes
check 'a failed provisioner: 1, the log shown, the next command named' ended 1 '✖ us-east-1-2204-hvm' 'E: no package' 'attempts/us-east-1-2204-hvm/1/log:[0-9]+' 'gopackgo publish test-ebs --sandbox --yes'
check 'it is not tried again, and the other target is finished' ended 1 'us-east-1-2204-hvm +- +failed +[0-9.]+ +1' 'us-east-1-2404-hvm +ami-[0-9a-f]+ +verified'
check 'nothing of it is left but the good AMI' stands 1
kept=$(amis_shown)
run publish test-ebs --sandbox --yes --json
check 'the same command again makes what is missing, told in JSON' shows 'lines.every((one) => one?.type && one.time) && lines.at(-1).type === "result" && lines.at(-1).exit === 0 && lines.at(-1).targets.every((one) => one.status === "verified")'
check 'and keeps what was there' grep -q "$kept" "$work/out"
check 'two AMIs, and nothing of ours left' stands 2
rm -rf .gopackgo/sandbox/releases
run status test-ebs --sandbox --json
check 'status knows from AWS alone, records deleted' shows 'json.targets.length === 2 && json.targets.every((one) => one.status === "verified" && one.snapshots.length === 1)'
sed 's/hello.sh"/hello.sh", "pause_before": "1s"/' configs/test-ebs.json >"$work/other.json" && cp configs/test-ebs.json "$work/kept.json" && cp "$work/other.json" configs/test-ebs.json
refuses 'another recipe under the same version' 4 'built from another recipe' publish test-ebs --sandbox --yes
cp "$work/kept.json" configs/test-ebs.json

# --- Ctrl-C

slow='[{"on": "ssh", "command": "; .*script_", "times": 2, "does": {"delay": 5000}}]'
printf '%s' "$slow" >faults.json
start_sandbox --faults faults.json
before=$(calls RunInstances)
start publish test-ebs@1.0.1 --sandbox --yes
within 60 called RunInstances $((before + 2))
kill -INT "$running"
finish
check 'Ctrl-C: 130, after a summary' ended 130 'test-ebs@1.0.1: 0 of 2 verified'
check 'Ctrl-C: the builders are gone, and all that was theirs' stands 2

# --- Killed while Packer builds, records deleted, the same command again; shared; text arrives as written

node -e '
  const config = {
    version: "1.0.0", amiName: "odd {version} {image}", regions: ["us-east-1"],
    images: [{ matrix: { ubuntu: ["2204", "2404"] }, name: "{ubuntu}", base: { ubuntu: "{ubuntu}" }, builder: { instance_type: "m5.large" } }],
    provisioners: [{ type: "shell", inline: JSON.parse(process.argv[1]) }],
    share: { accounts: ["210987654321"] },
  };
  require("node:fs").writeFileSync("configs/odd.json", JSON.stringify(config));
' '["echo \"${HOME}\" '\''%{x}'\'' %%{y} 100% $$", "echo \"Grüße\t世界\" `id`"]'
start_sandbox --faults faults.json
before=$(calls RunInstances)
start publish odd --sandbox --yes
within 60 called RunInstances $((before + 2))
kill -KILL "$running"
finish
rm -rf .gopackgo/sandbox/releases/odd@*
run publish odd --sandbox --yes --json
check 'killed while Packer builds, records deleted, again: done' shows 'lines.at(-1).exit === 0 && lines.at(-1).shared && lines.at(-1).targets.every((one) => one.status === "shared")'
check 'no build was made twice' called RunInstances $((before + 2))
check 'exactly its two AMIs more, and nothing of ours left' stands 4
order() { grep -Eo '"operation":"Modify[A-Za-z]+Attribute"' .gopackgo/sandbox/state/calls.ndjson | grep -Eo 'Snapshot|Image' | tr '\n' ' '; }
check 'snapshots are shared before AMIs' test "$(order)" == 'Snapshot Snapshot Image Image '
arrived() {
  local file
  printf '%s\n' '#!/bin/sh -e' "echo \"\${HOME}\" '%{x}' %%{y} 100% \$\$" $'echo "Grüße\t世界" `id`' >"$work/expected"
  for file in .gopackgo/sandbox/state/instances/*/files/tmp/script_*; do cmp -s "$file" "$work/expected" && return 0; done
  return 1
}
check 'a provisioner arrives on the instance exactly as it was written' arrived

# --- The embedded AWS by itself

stranger() {
  (
    . "$work/sandbox.env"
    ROOT=$root timeout 60 node --input-type=module -e '
      const { connect } = await import(`${process.env.ROOT}/src/aws/connection.ts`);
      const { createRequire } = await import("node:module");
      const { DescribeTransitGatewaysCommand } = createRequire(`${process.env.ROOT}/package.json`)("@aws-sdk/client-ec2");
      const clients = connect({ endpoint: "sandbox:acceptance", environment: process.env });
      const refused = await clients.ec2("us-east-1").send(new DescribeTransitGatewaysCommand({})).catch((error) => error);
      process.exit(refused.name === "NotImplementedBySandbox" && /DescribeTransitGateways/.test(refused.message) ? 0 : 1);
    '
  )
}
check 'an operation that it does not have is refused by name' stranger
elsewhere() {
  (
    . "$work/sandbox.env"
    node -e '
      const proxy = new URL(process.env.HTTPS_PROXY);
      const asked = require("node:http").request({ host: proxy.hostname, port: proxy.port, method: "CONNECT", path: "example.com:443", timeout: 5000 });
      asked.on("connect", (answer) => process.exit(answer.statusCode === 501 ? 0 : 1)).on("response", (answer) => process.exit(answer.statusCode === 501 ? 0 : 1));
      asked.on("error", () => process.exit(1)).on("timeout", () => process.exit(1)).end();
    '
  )
}
check 'any other host is refused: nothing leaves' elsewhere
check 'every call is a line of JSON in its log' node -e 'for (const line of require("node:fs").readFileSync(".gopackgo/sandbox/state/calls.ndjson", "utf8").trimEnd().split("\n")) if (!JSON.parse(line).operation) throw line'
run sandbox reset
check 'sandbox reset' ended 0 'The sandbox is empty'
check 'and it is empty' stands 0
end_sandbox
check 'no process of it is left' within 10 bash -c '! grep -q . .gopackgo/sandbox/state/address.json 2>/dev/null'

exit $((failed > 0))

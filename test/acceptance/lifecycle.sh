#!/usr/bin/env bash
# Shows from outside, through the command line alone, what becomes of a release after it is published: promotion, rollback, yank, end
# of life: protection, retirement, deletion. One image in one region, built by real Packer against the embedded AWS. One line `ok …` or `not ok …` for each claim.
set -uo pipefail
unset CDPATH
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
# shellcheck source=test/acceptance/claims.bash
source test/acceptance/claims.bash

mkdir "$project" && cp -R "$root/configs" "$project/configs" || exit 1
cd "$project" || exit 1
sed 's|"share": { "accounts": \[\] }|"share": { "accounts": ["210987654321"] }, "record": "ids.json", "parameters": ["/life/latest/{image}"], "supersede": { "deprecateAfter": "30d" }, "deregistrationProtection": true, "retention": { "keepLast": 1, "retireFor": "30d" }|; s|\["2204", "2404"\]|["2404"]|' \
  configs/test-ebs.json >configs/life.json
check 'the sandbox runs alone' start_sandbox
ids=.gopackgo/sandbox/ids.json
# The AMI of a release, from AWS alone, and whether the file names it.
ami_of() { gopackgo releases life --sandbox --json | node -e 'console.log(JSON.parse(require("node:fs").readFileSync(0, "utf8")).releases.find(({ release }) => release === process.argv[1])?.amis[0]?.ami ?? "none")' "life@$1"; }
names() { grep -q "$(ami_of "$1")" "$ids"; }

for version in 1.0.0 1.1.0; do run publish "life@$version" --sandbox --yes; done
check 'two releases are published' ended 0 '1 of 1 verified'
check 'the records follow the newer one' names 1.1.0
run promote life@1.0.0 --sandbox
check 'a rollback is shown first' ended 0 'in place of +life@1\.1\.0' 'ids.json: 1 replaced' 'parameter +/life/latest/2404-hvm'
check 'and nothing has changed' names 1.1.0
run promote life@1.0.0 --sandbox --yes
check 'then it is made' ended 0 'life@1\.0\.0: promoted'
check 'the records follow the older one' names 1.0.0
run publish life@1.1.0 --sandbox --yes
check 'publishing the newer one again leaves them there' ended 0 'left as it is: it follows life@1\.0\.0'
run releases life --sandbox
check 'releases tells which is which' ended 0 'life@1\.1\.0 .*superseded' 'life@1\.0\.0 .*current'
refuses 'yank without a reason' 2 'reason: expected why' yank life@1.1.0 --sandbox
refuses 'yank of what the records follow' 4 'promote OTHER' yank life@1.0.0 --reason 'a hole' --sandbox --yes
run yank life@1.0.0 --reason 'a hole' --promote 1.1.0 --sandbox --yes
check 'with another one in its place' ended 0 'loses access +210987654321' 'life@1\.0\.0: yanked'
check 'the records follow the other one' names 1.1.0
refuses 'a withdrawn release is not published' 4 'life@1.0.0 was yanked' publish life@1.0.0 --sandbox --yes
run yank life@1.0.0 --undo --sandbox --yes
check 'taken back' ended 0 'life@1\.0\.0: no longer yanked'
run publish life@1.0.0 --sandbox --yes
check 'it is whole again, and the records stay' ended 0 'shared with 210987654321'
check 'with the other one' names 1.1.0
is_protected() { gopackgo releases life --sandbox --json | node -e 'process.exit(JSON.parse(require("node:fs").readFileSync(0, "utf8")).releases.every(({ amis }) => amis.every((one) => one.protected)) ? 0 : 1)'; }
check 'every AMI is protected from deregistration' is_protected
run cleanup life --including-shared --sandbox
check 'retention shows first whom it retires' ended 0 'to retire: 1 AMI'
run cleanup life --including-shared --guard-period 0d --sandbox --yes
check 'then it retires the release that nothing follows' ended 0 'life: retired 1 AMI'
run releases life --sandbox
check 'releases tells' ended 0 'life@1\.0\.0 .*retired'
refuses 'a retired release is not published' 4 'cleanup life@1.0.0 --sandbox --restore' publish life@1.0.0 --sandbox --yes
refuses 'nor promoted' 4 'cleanup life@1.0.0 --sandbox --restore' promote life@1.0.0 --sandbox --yes
run cleanup life@1.0.0 --restore --sandbox --yes
check 'it is restored' ended 0 'life@1\.0\.0: restored'
run publish life@1.0.0 --sandbox --yes
check 'and is an ordinary release again' ended 0 'shared with 210987654321'
check 'no AMI was deleted' called DeregisterImage 0
run cleanup life@1.0.0 --including-shared --guard-period 0d --sandbox
check 'to delete it takes its protection away first' ended 0 'its protection is turned off first'
run cleanup life@1.0.0 --including-shared --guard-period 0d --sandbox --yes
check 'then it is gone' ended 0 'life@1\.0\.0: deleted 1 AMI'
check 'by one call' called DeregisterImage 1
end_sandbox

exit $((failed > 0))

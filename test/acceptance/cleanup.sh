#!/usr/bin/env bash
# Shows from outside, through the command line alone, what cleanup deletes and what it keeps, with AMIs that real Packer
# built against the embedded AWS. One line `ok …` or `not ok …` for each claim. Needs nothing but what scripts/setup brings,
# and waits for nothing without a limit.
set -uo pipefail
unset CDPATH
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
# shellcheck source=test/acceptance/claims.bash
source test/acceptance/claims.bash

mkdir "$project" && cp -R "$root/configs" "$project/configs" || exit 1
cd "$project" || exit 1
check 'the sandbox runs alone' start_sandbox --settings "$root/scripts/demo-account.json"
# The AMI of a target of a release, from AWS alone.
ami_of() { gopackgo status "test-ebs@$1" --sandbox --json | node -e 'console.log(JSON.parse(require("node:fs").readFileSync(0, "utf8")).targets.find((one) => one.name === process.argv[1])?.ami ?? "none")' "$2"; }
# JavaScript in a project that speaks to the sandbox's EC2 as a client of the tests' own.
as_client() {
  (
    . "$work/sandbox.env"
    ROOT=$root timeout 60 node --input-type=module -e '
      const { connect } = await import(`${process.env.ROOT}/src/aws/connection.ts`);
      const aws = await import(`${process.env.ROOT}/node_modules/@aws-sdk/client-ec2/dist-cjs/index.js`);
      const ec2 = connect({ endpoint: "sandbox:acceptance", environment: process.env }).ec2("us-east-1");
      '"$1"' ' "${@:2}"
  )
}

# --- 1. Selecting

refuses 'a publication alone: the three ways are shown' 2 'cleanup test-ebs@VERSION' cleanup test-ebs --sandbox
refuses 'a length of time that is none' 2 'older-than: expected a length of time' cleanup test-ebs --sandbox --older-than soon
refuses 'a region that AWS does not have' 2 'us-east-9' cleanup test-ebs@1.0.0 --sandbox --region us-east-9
for version in 1.0.0 1.1.0 1.2.0; do run publish "test-ebs@$version" --sandbox --yes; done
check 'six AMIs of three releases stand, nothing else' stands 6
run cleanup test-ebs@1.0.0 --sandbox --only 2204-hvm
check '--only: one AMI of the release' ended 0 'to delete: 1 AMI and 1 snapshot'
run cleanup test-ebs --sandbox --keep-last 2 --json
check '--keep-last 2: the oldest of each image' shows 'lines[0].amis.filter((one) => one.verdict === "delete").every((one) => one.release === "test-ebs@1.0.0") && lines[0].amis.filter((one) => one.verdict === "delete").length === 2'
run cleanup test-ebs --sandbox --older-than 180d
check '--older-than 180d: none is so old' ended 0 'to delete: nothing'
run cleanup test-ebs@1.0.0 --sandbox --region eu-west-1
check '--region: another region, in which there is none' ended 0 'to delete: nothing'

# --- 2. Nothing is deleted without being shown

run cleanup test-ebs@1.0.0 --sandbox
check 'the plan is a table' ended 0 'TARGET +AMI .*VERDICT +WHY' 'to delete: 2 AMIs and 2 snapshots'
run cleanup test-ebs@1.0.0 --sandbox --json
check '--json has every AMI with its verdict and all reasons' shows 'lines[0].amis.length === 6 && lines[0].amis.every((one) => (one.verdict === "keep") === (one.reasons.length > 0))'
check 'and nothing was deleted' called DeregisterImage 0
run cleanup test-ebs@1.0.0 --sandbox --out plan.json
check '--out writes the plan, and deletes nothing' test -s plan.json
used=$(ami_of 1.0.0 us-east-1-2404-hvm)
instance=$(as_client 'const run = await ec2.send(new aws.RunInstancesCommand({ ImageId: process.argv[1], InstanceType: "t3.micro", MinCount: 1, MaxCount: 1 })); console.log(run.Instances[0].InstanceId);' "$used")
run cleanup test-ebs --sandbox --plan plan.json
check 'a plan is refused once one of its AMIs is in use' ended 4 "$used: would be kept now: in use by instance $instance"
check 'and still nothing was deleted' called DeregisterImage 0

# --- 3 and 4. What is kept, whatever was asked

run cleanup test-ebs@1.0.0 --sandbox --guard-period 0d --yes
check 'an AMI in use stays, the other one goes' ended 0 "$used .* keep .*in use by instance $instance" 'deleted 1 AMI and 1 snapshot'
as_client 'await ec2.send(new aws.TerminateInstancesCommand({ InstanceIds: [process.argv[1]] }));' "$instance"
shared=$(ami_of 1.1.0 us-east-1-2204-hvm)
as_client 'await ec2.send(new aws.ModifyImageAttributeCommand({ ImageId: process.argv[1], LaunchPermission: { Add: [{ UserId: "210987654321" }] } }));' "$shared"
kept=$(ami_of 1.1.0 us-east-1-2404-hvm)
as_client 'await ec2.send(new aws.CreateTagsCommand({ Resources: [process.argv[1]], Tags: [{ Key: "gopackgo:keep", Value: "" }] }));' "$kept"
run cleanup test-ebs@1.1.0 --sandbox --yes
check 'shared, and tagged gopackgo:keep: both stay, with why' ended 0 "$shared .* keep .*it is shared" "$kept .* keep .*gopackgo:keep" 'nothing was deleted'
recorded=$(ami_of 1.2.0 us-east-1-2204-hvm)
printf '{"us-east-1": [{"Distributor ID": "Ubuntu", "Release": "2204", "id": "%s", "virtualization type": "hvm"}]}\n' "$recorded" >ami_ids.json
run cleanup test-ebs@1.2.0 --sandbox
check 'recorded by another publication of the project (official): it stays' ended 0 "$recorded .* keep .*an ids file lists it" 'to delete: 1 AMI and'
printf '{' >ami_ids.json
refuses 'a file of ids that cannot be read: nothing is decided' 4 'ami_ids.json' cleanup test-ebs@1.2.0 --sandbox --yes
rm ami_ids.json

# --- 5. Fail closed

end_sandbox
printf '%s' '[{"on": "ec2:DescribeInstances", "times": 20, "does": {"error": "UnauthorizedOperation", "status": 403}}]' >faults.json
check 'the sandbox runs with a fault' start_sandbox --faults faults.json
before=$(calls DeregisterImage)
run cleanup test-ebs@1.2.0 --sandbox --yes
check 'one look that fails: nothing is deleted in that region, 1' ended 1 'us-east-1: could not be looked up, nothing is deleted there'
check 'not one AMI went' called DeregisterImage "$before"
end_sandbox

# --- 6. Runaway guards

check 'the sandbox runs again' start_sandbox
run cleanup test-ebs@1.2.0 --sandbox --max-deletions 1 --yes
check '--max-deletions 1: one goes, and 1 says that it was less than asked' ended 1 'kept only by a guard' 'max-deletions'
run cleanup test-ebs@1.2.0 --sandbox --max-share 10% --yes
check '--max-share: what it holds back is named' ended 1 'max-share'
run cleanup test-ebs@1.2.0 --sandbox --yes
check 'without: the rest goes' ended 0 'deleted 1 AMI'

# --- 7. All that hangs on an AMI, instance-store with its bundle

run cleanup test-ebs@1.0.0 --sandbox --guard-period 0d --yes
run cleanup test-ebs@1.1.0 --sandbox --including-shared --yes
check '--including-shared takes the shared one' ended 0 'deleted 1 AMI and 1 snapshot'
check 'only the tagged one stands, and no snapshot too many' stands 1
end_sandbox
check 'the sandbox runs for instance-store' start_sandbox --settings "$root/scripts/demo-account.json"
run publish test-instance --sandbox --yes
check 'two instance-store AMIs' ended 0 '2 of 2 verified'
version=$(node -e 'console.log(/"version": *"([^"]+)"/.exec(require("node:fs").readFileSync("configs/test-instance.json", "utf8"))[1])')
run cleanup "test-instance@$version" --sandbox --yes
check 'they go with their bundles, and the bucket that is empty then' ended 0 'deleted 2 AMIs, 2 bundles and 1 bucket'
run cleanup "test-instance@$version" --sandbox --yes
check 'again: nothing is left to do' ended 0 'nothing was deleted'

# --- 8. Leftovers

end_sandbox
printf '%s' '[{"on": "ssh", "command": "RELEASE=", "does": {"delay": 60000}}]' >faults.json
check 'the sandbox runs with a slow script' start_sandbox --faults faults.json
check 'a build starts' start publish test-ebs@2.0.0 --sandbox --yes --only 2404-hvm
check 'Packer is at work' within 60 eval '[[ -s $(echo .gopackgo/sandbox/releases/test-ebs@2.0.0/attempts/*/1/pid) ]] && grep -q "Provisioning with shell script" .gopackgo/sandbox/releases/test-ebs@2.0.0/attempts/*/1/log'
kill -KILL "$running" 2>/dev/null
for file in .gopackgo/sandbox/releases/test-ebs@2.0.0/attempts/*/1/pid; do kill -KILL -- "-$(<"$file")" 2>/dev/null; done
finish
run cleanup test-ebs --sandbox --leftovers
check 'what the killed build left is shown' ended 0 'instance +us-east-1' 'key pair +us-east-1' 'security group +us-east-1'
run cleanup test-ebs --sandbox --leftovers --yes
check 'and goes' ended 0 'leftovers'
check 'nothing is left but the tagged AMI' stands 1
end_sandbox

exit $((failed > 0))

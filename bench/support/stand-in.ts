import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateImageCommand, RunInstancesCommand, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { canonicalIn, createRequestHandler } from '../../sandbox/testing/without-vitest.ts';
import { createClients } from '../../src/aws/connection.ts';
import type { ReleasePlan } from '../../src/model/release-plan.ts';
import { ownTags } from '../../src/model/resource-names.ts';
import type { BenchProject } from './project.ts';

/** A program that takes Packer's words, hardly any time of the processor, and as long as it is told for a build. */
export interface StandIn {
  /** For `PACKER`. */
  path: string;
  close(): Promise<void>;
}

/** Bash alone opens a connection without starting another program. What a build makes, the server at its end makes. */
const script = (port: number): string => `#!/bin/bash
case $1 in
  version) echo '0,,version,1.6.6' ;;
  validate) ;;
  build)
    for word; do [[ $word == -only=* ]] && build=\${word#-only=amazon-ebs.}; done
    exec 3<>/dev/tcp/127.0.0.1/${port} || exit 1
    printf 'GET /%s HTTP/1.0\\r\\n\\r\\n' "$build" >&3
    read -r -u 3 _ status _
    [[ $status == 200 ]] ;;
  *) exit 1 ;;
esac
`;

/** @param takes milliseconds of a target's build of this version, the making of its AMI included. */
export async function standIn(
  project: BenchProject,
  takes: (target: string) => number,
  version = '1.0.0',
): Promise<StandIn> {
  const make = amiMaker(project, version);
  const server = createServer(async ({ url = '' }, response) => {
    const target = url.slice(1);
    const made = await Promise.all([make(target), sleep(takes(target))]).then(
      () => true,
      (error: unknown) => void process.stderr.write(`${target}: ${String(error)}\n`),
    );
    response.writeHead(made ? 200 : 500).end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const path = join(project.folder, 'packer');
  writeFileSync(path, script((server.address() as AddressInfo).port), { mode: 0o755 });
  return {
    path,
    close: () => new Promise((done) => server.close(() => done())),
  };
}

/** Leaves a target's AMI as Packer does: with its tags, its instance terminated. */
function amiMaker({ folder, sandbox }: BenchProject, version: string): (target: string) => Promise<void> {
  const { ec2 } = createClients({
    credentials: sandbox.credentials,
    client: () => ({ requestHandler: createRequestHandler(sandbox) }),
  });
  let plan: ReleasePlan | undefined;
  return async (name) => {
    plan ??= JSON.parse(
      readFileSync(join(folder, `.gopackgo/sandbox/releases/bench@${version}/plan.json`), 'utf8'),
    ) as ReleasePlan;
    const target = plan.targets.find((one) => one.name === name);
    if (!target) throw new Error(`no target ${name}`);
    const client = ec2(target.region);
    const base = canonicalIn(target.region).find(({ image }) => image.name.includes('22.04-amd64'));
    const launched = await client.send(
      new RunInstancesCommand({
        ImageId: base?.image.id,
        MinCount: 1,
        MaxCount: 1,
        InstanceType: 'm5.large',
      }),
    );
    const instance = launched.Instances?.[0]?.InstanceId ?? '';
    const Tags = Object.entries(ownTags(plan, target)).map(([Key, Value]) => ({ Key, Value }));
    const TagSpecifications = (['image', 'snapshot'] as const).map((ResourceType) => ({
      ResourceType,
      Tags,
    }));
    await client.send(
      new CreateImageCommand({ InstanceId: instance, Name: target.amiName, TagSpecifications }),
    );
    await client.send(new TerminateInstancesCommand({ InstanceIds: [instance] }));
  };
}

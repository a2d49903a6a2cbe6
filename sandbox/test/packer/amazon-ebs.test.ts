import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EC2 } from '@aws-sdk/client-ec2';
import { SSM } from '@aws-sdk/client-ssm';
import { expect, it, onTestFinished } from 'vitest';
import { type Fault, type Sandbox, startSandbox } from '../../index.ts';
import { createRequestHandler } from '../../wire/request-handler.ts';
import { recorded, uploaded } from '../server/ssh-client.ts';
import { temporaryFolder } from '../server/stand-in.ts';
import { packerBuild } from './run-packer.ts';

const jammy = '/aws/service/canonical/ubuntu/server/22.04/stable/current/amd64/hvm/ebs-gp2/ami-id';
// biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's
const script = '#!/bin/bash -e\necho "installing ${PACKAGE}" %{x}\n';

async function started(folder: string, faults: Fault[] = []): Promise<Sandbox> {
  const sandbox = await startSandbox({ folder, faults });
  onTestFinished(() => sandbox.close());
  return sandbox;
}

const clientOf = (sandbox: Sandbox) => ({
  region: 'us-east-1',
  credentials: sandbox.credentials,
  requestHandler: createRequestHandler(sandbox),
});

/** Builds as in production: nothing in the template mentions a sandbox. */
async function build(sandbox: Sandbox) {
  const work = temporaryFolder();
  writeFileSync(join(work, 'provision.sh'), script);
  writeFileSync(join(work, 'some file.txt'), 'content\0');
  const { Parameter } = await new SSM(clientOf(sandbox)).getParameter({ Name: jammy });
  const template = {
    variable: { ssh_port: { type: 'number', default: 22 } },
    source: {
      'amazon-ebs': {
        'us-east-1-2204': {
          region: 'us-east-1',
          source_ami: Parameter?.Value,
          instance_type: 't3.micro',
          ssh_username: 'ubuntu',
          // biome-ignore lint/suspicious/noTemplateCurlyInString: Packer's
          ssh_port: '${var.ssh_port}',
          ssh_timeout: '30s',
          ami_name: 'sandbox test 1.0',
          run_tags: { 'gopackgo:target': 'us-east-1-2204' },
          tags: { 'gopackgo:release': 'test@1.0' },
          aws_polling: { delay_seconds: 5, max_attempts: 540 },
        },
      },
    },
    build: [
      {
        sources: ['source.amazon-ebs.us-east-1-2204'],
        provisioner: [
          { shell: { script: 'provision.sh', environment_vars: ['PACKAGE=ruby'] } },
          { file: { source: 'some file.txt', destination: '/opt/some file.txt' } },
        ],
      },
    ],
  };
  return packerBuild(work, template, sandbox.environment());
}

/** Our resources in us-east-1. */
async function inventory(sandbox: Sandbox) {
  const ec2 = new EC2(clientOf(sandbox));
  const [instances, keys, groups, volumes, images, snapshots] = await Promise.all([
    ec2.describeInstances(),
    ec2.describeKeyPairs(),
    ec2.describeSecurityGroups(),
    ec2.describeVolumes(),
    ec2.describeImages({ Owners: ['self'] }),
    ec2.describeSnapshots({ OwnerIds: ['self'] }),
  ]);
  const all = (instances.Reservations ?? []).flatMap(({ Instances = [] }) => Instances);
  return {
    instances: all.map(({ State }) => State?.Name),
    instanceIds: all.map(({ InstanceId = '' }) => InstanceId),
    keys: keys.KeyPairs?.length,
    groups: groups.SecurityGroups?.map(({ GroupName }) => GroupName),
    volumes: volumes.Volumes?.length,
    images: images.Images?.map(({ Name, State, Tags }) => ({ Name, State, Tags })),
    snapshots: snapshots.Snapshots?.length,
  };
}

const nothingLeft = { instances: ['terminated'], keys: 0, groups: ['default'], volumes: 0 };
const noImage = { ...nothingLeft, images: [], snapshots: 0 };

it('Packer builds an AMI from script and file, and leaves nothing else', async () => {
  const folder = temporaryFolder();
  const sandbox = await started(folder);
  const { exit, output } = await build(sandbox);
  expect({ exit, output }).toMatchObject({ exit: 0 });
  const { instanceIds, ...left } = await inventory(sandbox);
  const ofAmi = { Key: 'gopackgo:release', Value: 'test@1.0' };
  const ofBuilder = { Key: 'gopackgo:target', Value: 'us-east-1-2204' };
  // Current plugins create an AMI with the tags of its builder, and add its own afterwards.
  const Tags = expect.toBeOneOf([[ofAmi], [ofBuilder, ofAmi]]);
  expect(left).toEqual({
    ...nothingLeft,
    images: [{ Name: 'sandbox test 1.0', State: 'available', Tags }],
    snapshots: 1,
  });
  const [instance = ''] = instanceIds;
  const ran = recorded(folder, instance).find(({ command }) => String(command).includes('PACKAGE='));
  const [, path = ''] = / (\/tmp\/script_\d+\.sh)$/.exec(String(ran?.command)) ?? [];
  expect(readFileSync(uploaded(folder, path, instance), 'utf8')).toBe(script);
  expect(readFileSync(uploaded(folder, '/opt/some file.txt', instance), 'utf8')).toBe('content\0');
  expect(sandbox.refusals()).toEqual([]);
});

it('a script that fails by a fault fails Packer, which cleans up', async () => {
  const folder = temporaryFolder();
  const does = { exit: 9, stderr: 'E: Unable to locate package\n' };
  const fault: Fault = { on: 'ssh', target: 'us-east-1-2204', command: 'PACKAGE=', does };
  const sandbox = await started(folder, [fault]);
  const { exit, output } = await build(sandbox);
  expect(exit).toBe(1);
  expect(output).toContain('E: Unable to locate package');
  expect(output).toContain('non-zero exit status: 9');
  const { instanceIds: _, ...left } = await inventory(sandbox);
  expect(left).toEqual(noImage);
});

it('a Packer whose sandbox ended during a build cleans up with the next one', async () => {
  const folder = temporaryFolder();
  const sandbox = await started(folder, [{ on: 'ssh', command: 'PACKAGE=', does: 'hang' }]);
  const building = build(sandbox);
  await expect.poll(() => sandbox.faults.list(), { timeout: 60_000 }).toEqual([]);
  const { instanceIds, instances } = await inventory(sandbox);
  expect(instances).toEqual(['running']);
  await sandbox.close();
  expect(existsSync(join(folder, 'address.json'))).toBe(false);
  const next = await started(folder);
  expect({ url: next.url, sshPort: next.sshPort }).toEqual({ url: sandbox.url, sshPort: sandbox.sshPort });
  expect(await building).toMatchObject({ exit: 1 });
  expect(await inventory(next)).toEqual({ ...noImage, instanceIds });
});

import { readFile, rm, writeFile } from 'node:fs/promises';
import {
  CreateTagsCommand,
  DeregisterImageCommand,
  DescribeImagesCommand,
  DisableImageCommand,
  DisableImageDeregistrationProtectionCommand,
  EnableImageCommand,
  EnableImageDeprecationCommand,
  ModifyImageAttributeCommand,
  ModifySnapshotAttributeCommand,
} from '@aws-sdk/client-ec2';
import { DeleteParameterCommand, GetParametersCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Finding, StatusReport } from '../../src/model/events.ts';
import { newProject, type Project, type Run, type RunningSandbox } from './project.ts';

const friend = '210987654321';
const stranger = '310987654321';
const target = 'us-east-1-server';
const day = 86_400_000;

let project: Project;
let sandbox: RunningSandbox;

/** One image that starts from an AMI of this account, so that the test can deregister that AMI. */
const written = (config: Record<string, unknown>, more: Record<string, unknown> = {}) => {
  config.images = [
    {
      name: 'server',
      base: { filter: { owners: ['self'], name: 'golden *' } },
      builder: { instance_type: 'm5.large', ssh_username: 'ubuntu' },
    },
  ];
  config.share = { accounts: [friend] };
  config.record = [{ file: 'drift_amis.json', as: 'json' }];
  config.parameters = ['/drift/{version}/{image}', '/drift/latest/{image}'];
  config.deprecateAfter = '365d';
  config.deregistrationProtection = true;
  config.sharedTags = true;
  Object.assign(config, more);
};

beforeAll(async () => {
  project = await newProject();
  await project.config('drift', (config) => written(config));
  sandbox = await project.sandbox([], { accounts: [{ images: [{ name: 'golden 1.0' }] }] });
});
afterAll(() => project.remove());

const cli = (...words: string[]) => project.run([...words, '--sandbox']);
const ec2 = () => sandbox.clients.ec2('us-east-1');
const ssm = () => sandbox.clients.ssm('us-east-1');

async function imageOf(release: string) {
  const Filters = [{ Name: 'tag:gopackgo:release', Values: [release] }];
  const { Images = [] } = await ec2().send(
    new DescribeImagesCommand({ Owners: ['self'], Filters, IncludeDisabled: true, IncludeDeprecated: true }),
  );
  const [image] = Images;
  const snapshot = image?.BlockDeviceMappings?.find(({ Ebs }) => Ebs)?.Ebs?.SnapshotId ?? '';
  return { id: image?.ImageId ?? '', snapshot };
}

interface Seen {
  exit: number | null;
  report: StatusReport;
  codes: Finding['code'][];
}

async function statusOf(named: string, ...words: string[]): Promise<Seen> {
  const run: Run = await cli('status', named, '--json', ...words);
  const report = JSON.parse(run.stdout) as StatusReport;
  expect(report.findings, run.stderr).toBeDefined();
  return { exit: run.exit, report, codes: report.findings.map(({ code }) => code) };
}

async function publish(version: string, ...words: string[]): Promise<void> {
  const run = await cli('publish', `drift@${version}`, '--yes', ...words);
  expect(run.exit, run.stderr).toBe(0);
}

const recorded = () => project.path('.gopackgo/sandbox/drift_amis.json');

it('status finds every change that somebody else made, with its code, and publish repairs it', async () => {
  const absent = await statusOf('drift');
  expect([absent.exit, absent.codes]).toEqual([5, ['release-missing']]);
  await publish('1.0.0');
  const good = await statusOf('drift');
  expect(good).toMatchObject({ exit: 0, codes: [], report: { unseen: [], others: [] } });

  const { id, snapshot } = await imageOf('drift@1.0.0');
  for (const change of [{ Add: [{ UserId: stranger }] }, { Remove: [{ UserId: friend }] }]) {
    await ec2().send(new ModifyImageAttributeCommand({ ImageId: id, LaunchPermission: change }));
    await ec2().send(
      new ModifySnapshotAttributeCommand({
        SnapshotId: snapshot,
        Attribute: 'createVolumePermission',
        CreateVolumePermission: change,
      }),
    );
  }
  await ec2().send(new DisableImageDeregistrationProtectionCommand({ ImageId: id }));
  const Tags = [{ Key: 'ec2:SharedTag/lifecycle', Value: 'yanked' }];
  await ec2().send(new CreateTagsCommand({ Resources: [id], Tags }));
  const DeprecateAt = new Date(Date.now() + 10 * day);
  await ec2().send(new EnableImageDeprecationCommand({ ImageId: id, DeprecateAt }));
  await ssm().send(new PutParameterCommand({ Name: '/drift/1.0.0/server', Value: 'none', Overwrite: true }));
  await ssm().send(new DeleteParameterCommand({ Name: '/drift/latest/server' }));
  const text = await readFile(recorded(), 'utf8');
  await writeFile(recorded(), text.replaceAll(id, 'ami-0badbadbadbadbad0'));

  const drifted = await statusOf('drift');
  expect([drifted.exit, drifted.codes.toSorted()]).toEqual([
    5,
    [
      'deprecation-differs',
      'launch-permission-extra',
      'launch-permission-missing',
      'parameter-missing',
      'parameter-taken',
      'protection-differs',
      'record-differs',
      'shared-tag-differs',
      'volume-permission-extra',
      'volume-permission-missing',
    ],
  ]);
  expect(drifted.report.findings).toContainEqual({
    code: 'launch-permission-extra',
    release: 'drift@1.0.0',
    target,
    region: 'us-east-1',
    ami: id,
    place: id,
    expected: `not shared with ${stranger}`,
    found: `shared with ${stranger}`,
    todo: 'gopackgo publish drift@1.0.0 --sandbox revokes it.',
  });
  const shown = await cli('status', 'drift');
  expect(shown.exit).toBe(5);
  expect(shown.stdout.replace(/\s+/g, ' ')).toContain(
    `✖ ${target}: ${snapshot}: expected shared with ${friend}, found no such permission. ` +
      'gopackgo publish drift@1.0.0 --sandbox shares it. [volume-permission-missing]',
  );

  await publish('1.0.0', '--take-over-parameters');
  expect(await statusOf('drift')).toMatchObject({ exit: 0, codes: [] });
});

it('status --as shows what another account finds, may launch and may copy, without changing anything', async () => {
  const good = await statusOf('drift', '--as', friend);
  const { id, snapshot } = await imageOf('drift@1.0.0');
  const seen = { release: 'drift@1.0.0', target, region: 'us-east-1', ami: id };
  expect([good.exit, good.codes, good.report.as]).toEqual([
    0,
    [],
    {
      profile: friend,
      account: friend,
      amis: [
        { ...seen, found: 'yes', launchable: 'yes', copyable: 'yes', parameters: 'unreadable', why: [] },
      ],
    },
  ]);
  const table = await cli('status', 'drift', '--as', friend);
  expect(table.stdout).toMatch(new RegExp(`as ${friend}\\n.*COPYABLE.*\\n +${target} +${id} +yes +yes +yes`));
  const CreateVolumePermission = { Remove: [{ UserId: friend }] };
  const Attribute = 'createVolumePermission';
  await ec2().send(
    new ModifySnapshotAttributeCommand({ SnapshotId: snapshot, Attribute, CreateVolumePermission }),
  );
  const uncopied = await statusOf('drift', '--as', friend);
  expect([uncopied.exit, uncopied.codes]).toEqual([5, ['volume-permission-missing', 'as-not-copyable']]);
  const LaunchPermission = { Remove: [{ UserId: friend }] };
  await ec2().send(new ModifyImageAttributeCommand({ ImageId: id, LaunchPermission }));
  const hidden = await statusOf('drift', '--as', friend);
  expect([hidden.exit, hidden.codes]).toEqual([
    5,
    ['volume-permission-missing', 'launch-permission-missing', 'as-not-found'],
  ]);
  await publish('1.0.0');
  const denied = { error: 'UnauthorizedOperation', status: 403 };
  await sandbox.addFaults([{ on: 'ec2:RunInstances', times: 1, does: denied }]);
  const unknown = await statusOf('drift', '--as', friend);
  expect([unknown.exit, unknown.report.as?.amis[0]?.launchable]).toEqual([1, 'unknown']);
  expect(unknown.report.unseen[0]?.why).toContain('ec2:RunInstances in us-east-1: UnauthorizedOperation');

  const theirs = (await sandbox.calls()).filter(({ account }) => account === friend);
  expect(theirs.length).toBeGreaterThan(3);
  expect(theirs.filter(({ operation }) => !/^(?:Describe|Get)/.test(operation))).toEqual([]);
  const own = await cli('status', 'drift', '--as', '123456789012');
  expect([own.exit, own.stderr]).toEqual([4, expect.stringContaining('expected another account than')]);
  const none = await cli('status', 'drift', '--as', 'stranger');
  expect([none.exit, none.stderr]).toEqual([2, expect.stringContaining(friend)]);
});

it('a disabled AMI, once enabled by hand, is shared again by publish; one that is gone is made again', async () => {
  const { id } = await imageOf('drift@1.0.0');
  await ec2().send(new DisableImageCommand({ ImageId: id }));
  const disabled = await statusOf('drift');
  expect([disabled.exit, disabled.codes]).toEqual([5, ['ami-disabled']]);
  const enable = `aws ec2 enable-image --region us-east-1 --image-id ${id}`;
  expect(disabled.report.findings[0]?.todo).toContain(enable);
  expect(disabled.report.parameters ?? []).not.toContainEqual(expect.objectContaining({ state: 'differs' }));
  for (const command of ['publish', 'promote']) {
    const refused = await cli(command, 'drift@1.0.0', '--yes');
    expect([refused.exit, refused.stderr]).toEqual([4, expect.stringContaining(enable)]);
    expect(refused.stderr).not.toContain('Raise "version"');
    expect(refused.stderr).toContain('run aws commands with the environment that "gopackgo sandbox" prints');
  }
  await ec2().send(new EnableImageCommand({ ImageId: id }));
  expect((await statusOf('drift')).codes).toContain('launch-permission-missing');
  await publish('1.0.0');
  expect((await statusOf('drift')).exit).toBe(0);

  await ec2().send(new DisableImageDeregistrationProtectionCommand({ ImageId: id }));
  await ec2().send(new DeregisterImageCommand({ ImageId: id }));
  const gone = await statusOf('drift');
  expect([gone.exit, gone.codes]).toEqual([5, ['ami-missing']]);
  await publish('1.0.0');
  expect(await statusOf('drift')).toMatchObject({ exit: 0, codes: [] });
  expect((await imageOf('drift@1.0.0')).id).not.toBe(id);
});

it('all published releases are compared, or only the one that is named; yanked ones stay withdrawn', async () => {
  await publish('2.0.0');
  const { id } = await imageOf('drift@1.0.0');
  await ec2().send(
    new ModifyImageAttributeCommand({ ImageId: id, LaunchPermission: { Remove: [{ UserId: friend }] } }),
  );
  // The config is still at 1.0.0; 2.0.0 is promoted.
  const all = await statusOf('drift');
  expect(all.report.others).toMatchObject([
    { release: 'drift@2.0.0', targets: [{ name: target, status: 'shared', byTags: true }] },
  ]);
  expect([all.exit, all.codes]).toEqual([5, ['launch-permission-missing']]);
  expect(await statusOf('drift@2.0.0')).toMatchObject({ exit: 0, report: { others: [] } });
  await ssm().send(new DeleteParameterCommand({ Name: '/drift/latest/server' }));
  const older = await statusOf('drift@3.0.0');
  expect([older.exit, older.codes]).toEqual([5, ['release-missing']]);
  const followed = (await statusOf('drift')).report.findings.find(({ code }) => code === 'parameter-missing');
  expect(followed?.todo).toBe('gopackgo promote drift@2.0.0 --sandbox writes it.');
  const promoted = await cli('promote', 'drift@2.0.0', '--yes');
  expect(promoted.exit, promoted.stderr).toBe(0);

  const reason = 'it opens a port';
  const yanked = await cli('yank', 'drift@1.0.0', '--reason', reason, '--yes');
  expect(yanked.exit, yanked.stderr).toBe(0);
  expect(await statusOf('drift')).toMatchObject({ exit: 0, codes: [] });
  await ec2().send(new EnableImageCommand({ ImageId: id }));
  const back = await statusOf('drift');
  expect([back.exit, back.codes]).toEqual([5, ['yank-incomplete']]);
  const again = await cli('yank', 'drift@1.0.0', '--reason', reason, '--yes');
  expect(again.exit, again.stderr).toBe(0);
  expect((await statusOf('drift')).exit).toBe(0);
});

it('a failed lookup does not count as a yes: exit status 1, whatever else was found', async () => {
  await sandbox.addFaults([
    {
      on: 'ec2:DescribeImageAttribute',
      times: 1,
      does: { error: 'UnauthorizedOperation', status: 403 },
    },
  ]);
  const run = await statusOf('drift@2.0.0');
  expect(run.exit).toBe(1);
  expect(run.report.targets).toMatchObject([
    { status: 'unknown', failedCall: { operation: 'ec2:DescribeImageAttribute' } },
  ]);
});

it('images removed from the config, and a release whose base image is gone, are shown by tags alone', async () => {
  const { Images = [] } = await ec2().send(
    new DescribeImagesCommand({ Owners: ['self'], Filters: [{ Name: 'name', Values: ['golden *'] }] }),
  );
  await ec2().send(new DeregisterImageCommand({ ImageId: Images[0]?.ImageId }));
  // This machine's plan still has its id; another machine has no plan.
  const here = await statusOf('drift@2.0.0');
  expect([here.exit, here.codes]).toEqual([5, ['base-missing']]);
  await rm(project.path('.gopackgo/sandbox/releases'), { recursive: true });
  const run = await cli('status', 'drift@2.0.0', '--json');
  const elsewhere = JSON.parse(run.stdout) as StatusReport;
  expect([run.exit, elsewhere.targets]).toMatchObject([
    5,
    [{ name: target, status: 'shared', byTags: true, ami: (await imageOf('drift@2.0.0')).id }],
  ]);
  expect(new Set(elsewhere.findings.map(({ code }) => code))).toEqual(new Set(['base-missing']));
  expect(run.stderr).toBe('');

  await project.config('drift', (config) => {
    written(config);
    const [image] = config.images as object[];
    config.images = [{ ...image, name: 'desktop', base: { ubuntu: '2404' } }];
  });
  const left = await statusOf('drift');
  expect(left.report.others.flatMap(({ targets }) => targets)).toContainEqual(
    expect.objectContaining({ name: target, status: 'built', byTags: true, leftConfig: true }),
  );
  const table = await cli('status', 'drift');
  expect(table.stdout).toContain(`${target}: no longer in the config`);
  expect(await ssm().send(new GetParametersCommand({ Names: ['/drift/latest/server'] }))).toMatchObject({
    Parameters: [{ Value: (await imageOf('drift@2.0.0')).id }],
  });
});

import {
  CreateLaunchTemplateCommand,
  DescribeImagesCommand,
  DescribeImageUsageReportsCommand,
  ModifyImageAttributeCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { expect, it } from 'vitest';
import {
  createWorld,
  otherAccount,
  type World as Sandbox,
  temporaryFolder,
} from '../../sandbox/testing/index.ts';
import { cleanUp } from '../support/cleaning-up.ts';
import { region } from '../support/embedded.ts';
import { callsBeforeChanges, copyOf, failing } from '../support/failing.ts';
import { imageOf, release, tagged } from '../support/removal-world.ts';

const asked = { olderThan: 0, includingShared: true, usage: true as const };

/** Two AMIs that are shared with another account, which uses the first one: two instances and a launch template. */
async function made(sandbox: Sandbox): Promise<{ used: string; unused: string }> {
  const [used, unused] = [await imageOf(sandbox, 'web 1.0.0 a'), await imageOf(sandbox, 'web 1.0.0 b')];
  for (const [id, image] of [
    [used, 'a'],
    [unused, 'b'],
  ] as const) {
    await tagged(sandbox, [id], { 'gopackgo:release': release, 'gopackgo:target': `${region}-${image}` });
    const Add = [{ UserId: otherAccount.id }];
    await sandbox.ec2().send(new ModifyImageAttributeCommand({ ImageId: id, LaunchPermission: { Add } }));
  }
  const theirs = sandbox.ec2({ account: otherAccount });
  await theirs.send(
    new RunInstancesCommand({ ImageId: used, InstanceType: 't3.micro', MinCount: 2, MaxCount: 2 }),
  );
  await theirs.send(
    new CreateLaunchTemplateCommand({ LaunchTemplateName: 'web', LaunchTemplateData: { ImageId: used } }),
  );
  return { used, unused };
}

const amisOf = async (sandbox: Sandbox) =>
  ((await sandbox.ec2().send(new DescribeImagesCommand({ Owners: ['self'] }))).Images ?? [])
    .map(({ ImageId }) => ImageId)
    .sort();
const reportsOf = async (sandbox: Sandbox) =>
  (await sandbox.ec2().send(new DescribeImageUsageReportsCommand({}))).ImageUsageReports;

const uses = [
  { account: otherAccount.id, type: 'ec2:Instance', count: 2 },
  { account: otherAccount.id, type: 'ec2:LaunchTemplate', count: 1 },
];
const inWords = `${otherAccount.id} (2 instances, 1 launch template)`;

it('AMIs that other accounts use are kept and shown, without a failure, and the reports are deleted', async () => {
  const sandbox = createWorld();
  const { used, unused } = await made(sandbox);
  const { exit, amis } = await cleanUp(sandbox, { asked });
  expect(exit).toBe(0);
  expect(amis).toEqual([
    expect.objectContaining({ ami: unused, outcome: 'removed' }),
    expect.objectContaining({
      ami: used,
      outcome: 'kept',
      why: `in use by ${inWords}; --including-used includes it`,
      usedBy: uses,
    }),
  ]);
  expect(await amisOf(sandbox)).toEqual([used]);
  expect(await reportsOf(sandbox)).toEqual([]);
});

it('with --including-used they are deleted, and still shown', async () => {
  const sandbox = createWorld();
  const { used } = await made(sandbox);
  const { exit, amis } = await cleanUp(sandbox, { asked: { ...asked, includingUsed: true } });
  expect(exit).toBe(0);
  expect(amis.find(({ ami }) => ami === used)).toMatchObject({
    outcome: 'removed',
    why: `it was in use by ${inWords}`,
    usedBy: uses,
  });
  expect(await amisOf(sandbox)).toEqual([]);
});

it.each<[string, (sandbox: Sandbox) => void, RegExp]>([
  [
    'refused',
    ({ faults }) =>
      faults.add([{ on: 'ec2:CreateImageUsageReport', times: 1, does: { error: 'UnauthorizedOperation' } }]),
    /CreateImageUsageReport.*UnauthorizedOperation/,
  ],
  [
    'never finished',
    ({ aws }) => aws.settings.change({ speed: { image: 7200 } }),
    /the report of who uses ami-\w+ is pending/,
  ],
  [
    'not to be read',
    ({ faults }) =>
      faults.add([{ on: 'ec2:DescribeImageUsageReportEntries', times: 0, does: { error: 'InternalError' } }]),
    /DescribeImageUsageReportEntries.*InternalError/,
  ],
])('if a report is %s, nothing is deleted', async (_, breaks, why) => {
  const sandbox = createWorld();
  const { used, unused } = await made(sandbox);
  const { exit, amis, removed } = await cleanUp(sandbox, { asked, meanwhile: async () => breaks(sandbox) });
  expect([exit, removed.amis]).toEqual([1, 0]);
  for (const one of amis) expect(one).toMatchObject({ outcome: 'remains', why: expect.stringMatching(why) });
  expect(amis).toHaveLength(2);
  expect(await amisOf(sandbox)).toEqual([used, unused].sort());
  expect(await reportsOf(sandbox)).toEqual([]);
});

it('reports that a killed run left are deleted by the next one', async () => {
  const sandbox = createWorld();
  await made(sandbox);
  const never = { on: 'ec2:DeleteImageUsageReport', times: 2, does: { error: 'UnauthorizedOperation' } };
  sandbox.faults.add([never]);
  await cleanUp(sandbox, { asked });
  expect(await reportsOf(sandbox)).toHaveLength(2);
  await cleanUp(sandbox, { asked });
  expect(await reportsOf(sandbox)).toHaveLength(1);
});

it('after a kill at any change and another run, AMIs in use are kept and no report is left', async () => {
  const folder = temporaryFolder();
  const first = createWorld({ folder });
  const { used } = await made(first);
  await first.aws.close();
  const counted = copyOf(folder);
  const kills = await callsBeforeChanges(counted, (clients) => cleanUp(counted, { asked, clients }));
  expect(kills.length).toBeGreaterThan(6);
  for (const after of kills) {
    const sandbox = copyOf(folder);
    await cleanUp(sandbox, { asked, clients: failing(sandbox, after, Number.POSITIVE_INFINITY).clients });
    const said = `killed after call ${after}`;
    expect((await cleanUp(sandbox, { asked })).exit, said).toBe(0);
    expect(await amisOf(sandbox), said).toEqual([used]);
    expect(await reportsOf(sandbox), said).toEqual([]);
  }
});

it('without --usage no report is created', async () => {
  const sandbox = createWorld();
  await made(sandbox);
  await cleanUp(sandbox, { asked: { olderThan: 0, includingShared: true } });
  expect(sandbox.aws.calls().filter(({ operation = '' }) => operation.includes('Usage'))).toEqual([]);
});

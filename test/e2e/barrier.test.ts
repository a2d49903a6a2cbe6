import { DescribeImageAttributeCommand, DescribeSnapshotAttributeCommand } from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Behaviour, Fault } from '../../sandbox/index.ts';
import { type Chance, chance } from '../support/chance.ts';
import { resultOf } from './events.ts';
import { scriptEnds } from './faults.ts';
import { type Call, newProject, type Project, type RunningSandbox } from './project.ts';
import { stateOf } from './state.ts';

const regions = ['us-east-1', 'sa-east-1'] as const;
const images = ['2204-hvm', '2404-hvm'] as const;
const unblocked: Behaviour = { accounts: [{ imageBlockPublicAccess: 'unblocked' }] };

let project: Project;
beforeEach(async () => {
  project = await newProject();
});
afterEach(() => project.remove());

const publish = (...more: string[]) =>
  project.run(['publish', 'test-ebs', '--sandbox', '--yes', '--json', ...more]);

/** The same as `test/publish/barrier.test.ts` with real Packer, so that nothing depends on its stand-in. */
it.each([1, 2, 3, 4])('seed %i: the barrier holds with real Packer', async (seed) => {
  const by = chance(seed);
  const bestEffort = by.percent(70);
  await project.config('test-ebs', (config) => {
    config.regions = { [regions[0]]: {}, [regions[1]]: { bestEffort } };
    config.share = { public: true };
  });
  const sandbox = await project.sandbox(faultsOf(by), unblocked);
  const run = await publish('--parallel', String(1 + by.below(4)));
  const calls = await sandbox.calls();
  const shares = calls.filter(isShare);
  const lacking = await notPublic(sandbox);
  const required = lacking.filter((name) => !bestEffort || name.startsWith(regions[0]));
  expect({ 0: lacking, 3: required }[run.exit ?? 1] ?? [], run.stdout).toEqual([]);
  if (run.exit === 1) expect(required).not.toEqual([]);
  expect(shares.map(({ operation }) => operation)).toEqual(
    shares.map(({ operation }) => operation).sort((one, other) => (one === other ? 0 : one < other ? 1 : -1)),
  );
  const first = calls.findIndex(isShare);
  if (first >= 0) {
    const made = calls
      .slice(0, first)
      .filter(({ operation, status }) => operation === 'CreateImage' && status === 200);
    const needed = bestEffort ? [regions[0]] : regions;
    for (const region of needed)
      expect(made.filter((call) => call.region === region)).toHaveLength(images.length);
  }

  await sandbox.ask('faults', { method: 'DELETE' });
  const again = await publish();
  expect(again.exit, again.stdout).toBe(0);
  expect(resultOf(again)).toMatchObject({ shared: true });
  expect(await notPublic(sandbox)).toEqual([]);
});

const isShare = ({ operation }: Call) => /^Modify(Image|Snapshot)Attribute$/.test(operation);

/** A script that usually fails, and sometimes a permission that is denied. */
function faultsOf(by: Chance): Fault[] {
  const target = `${by.oneOf(regions)}-${by.oneOf(images)}`;
  const script = by.percent(70) ? [scriptEnds(target, { exit: 9, stderr: 'E: no such package\n' })] : [];
  const denied: Fault = {
    on: by.oneOf(['ec2:ModifySnapshotAttribute', 'ec2:ModifyImageAttribute']),
    region: by.oneOf(regions),
    times: 1,
    does: { error: 'UnauthorizedOperation', status: 403 },
  };
  return [...script, ...(by.percent(50) ? [denied] : [])];
}

/** Targets that, according to AWS, not everybody may launch and copy. */
async function notPublic({ clients }: RunningSandbox): Promise<string[]> {
  const open = await Promise.all(
    regions.map(async (region) => {
      const ec2 = clients.ec2(region);
      const { amis } = await stateOf(clients, region);
      const each = amis.map(async ({ id, snapshots, tags }) => {
        const image = await ec2.send(
          new DescribeImageAttributeCommand({ ImageId: id, Attribute: 'launchPermission' }),
        );
        const volumes = await Promise.all(
          snapshots.map((SnapshotId) =>
            ec2.send(
              new DescribeSnapshotAttributeCommand({ SnapshotId, Attribute: 'createVolumePermission' }),
            ),
          ),
        );
        const all = [image.LaunchPermissions, ...volumes.map((one) => one.CreateVolumePermissions)];
        return all.every((entries) => entries?.some(({ Group }) => Group === 'all'))
          ? tags['gopackgo:target']
          : undefined;
      });
      return Promise.all(each);
    }),
  );
  const names = regions.flatMap((region) => images.map((image) => `${region}-${image}`));
  return names.filter((name) => !open.flat().includes(name));
}

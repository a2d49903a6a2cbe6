import { describe, expect, it } from 'vitest';
import { createWorld, type World as Sandbox, unblocked } from '../../sandbox/testing/index.ts';
import { launchPermission } from '../../src/aws/images.ts';
import { createVolumePermission } from '../../src/aws/snapshots.ts';
import type { ReleasePlan } from '../../src/model/release-plan.ts';
import { verify } from '../../src/observe/verify.ts';
import { share } from '../../src/share/share.ts';
import { build, planIn } from '../support/built.ts';
import { type Told, worldOn } from '../support/embedded.ts';

const regions = ['us-east-1', 'eu-west-1'];
const friend = '210987654321';
const organization = 'arn:aws:organizations::123456789012:organization/o-a1b2c3d4e5';
const unit = 'arn:aws:organizations::123456789012:ou/o-a1b2c3d4e5/ou-ab12-12345678';

async function shareAll(plan: ReleasePlan, world: Told) {
  return share(plan, await verify(plan, plan.targets, world, 'one look'), world);
}

/** Who may use each AMI and each snapshot, looked up one by one. */
async function permissions(plan: ReleasePlan, world: Told) {
  const verdicts = await verify(plan, plan.targets, world, 'one look');
  const amis = verdicts.flatMap(({ sighting: { images } }) => (images.ok ? images.value : []));
  return Promise.all(
    amis.map(async ({ ami: { id, region, snapshots } }) => ({
      ami: await launchPermission(world.clients, region, id),
      snapshots: await Promise.all(
        snapshots.map((one) => createVolumePermission(world.clients, region, one)),
      ),
    })),
  );
}

const allHave = (ami: object, snapshot: object) =>
  regions.map(() => ({ ami: { ok: true, value: ami }, snapshots: [{ ok: true, value: snapshot }] }));

const modifications = (sandbox: Sandbox) =>
  sandbox.aws
    .calls()
    .filter(({ operation }) => /^Modify(Image|Snapshot)Attribute$/.test(operation))
    .map(({ operation, region, error }) => [operation, region, error].filter(Boolean).join(' '));

const nobody = { public: false, accounts: [], others: [] };
const statuses = async (plan: ReleasePlan, world: Told) =>
  (await verify(plan, plan.targets, world, 'one look')).map(({ status }) => status.is);

describe('sharing makes permissions what the config says', () => {
  it('public, with accounts, organizations and units; snapshots, which have no organizations, before all AMIs', async () => {
    const sandbox = createWorld({ behaviour: unblocked });
    const plan = planIn(regions, { public: true, accounts: [friend], organizations: [organization, unit] });
    await build(sandbox, plan);
    const world = worldOn(sandbox);
    expect(await shareAll(plan, world)).toEqual([]);
    const everybody = { public: true, accounts: [friend] };
    expect(await permissions(plan, world)).toEqual(
      allHave({ ...everybody, others: [organization, unit] }, { ...everybody, others: [] }),
    );
    expect(modifications(sandbox).map((call) => call.split(' ')[0])).toEqual([
      'ModifySnapshotAttribute',
      'ModifySnapshotAttribute',
      'ModifyImageAttribute',
      'ModifyImageAttribute',
    ]);
    expect(await statuses(plan, world)).toEqual(['shared', 'shared']);
  });

  it.each([
    [
      'one account instead of another',
      { accounts: ['111122223333'] },
      { public: false, accounts: ['111122223333'], others: [] },
    ],
    ['a unit alone', { organizations: [unit] }, { public: false, accounts: [], others: [unit] }],
    ['nobody', {}, nobody],
  ])('%s: every other permission is revoked', async (_, sharing, wanted) => {
    const sandbox = createWorld({ behaviour: unblocked });
    const before = planIn(regions, { public: true, accounts: [friend], organizations: [organization] });
    await build(sandbox, before);
    const world = worldOn(sandbox);
    await shareAll(before, world);
    const plan = planIn(regions, sharing);
    expect(await shareAll(plan, world)).toEqual([]);
    expect(await permissions(plan, world)).toEqual(allHave(wanted, { ...wanted, others: [] }));
  });

  it('private snapshots if the config says so, although they were shared', async () => {
    const sandbox = createWorld({ behaviour: unblocked });
    const open = { public: true, accounts: [friend] };
    await build(sandbox, planIn(regions, open));
    const world = worldOn(sandbox);
    await shareAll(planIn(regions, open), world);
    const plan = planIn(regions, { ...open, snapshots: false });
    expect(await statuses(plan, world)).toEqual(['verified', 'verified']);
    await shareAll(plan, world);
    expect(await permissions(plan, world)).toEqual(allHave({ ...open, others: [] }, nobody));
    expect(await statuses(plan, world)).toEqual(['shared', 'shared']);
  });
});

describe('a snapshot that cannot be shared', () => {
  const failing = {
    on: 'ec2:ModifySnapshotAttribute',
    region: 'eu-west-1',
    times: 0,
    does: { error: 'UnauthorizedOperation' },
  } as const;

  it('of a required target: no AMI is touched in any region', async () => {
    const sandbox = createWorld({ behaviour: unblocked });
    const plan = planIn(regions, { public: true });
    const ids = await build(sandbox, plan);
    sandbox.faults.add([failing]);
    const world = worldOn(sandbox);
    expect(await shareAll(plan, world)).toMatchObject([
      {
        target: 'eu-west-1-2204-hvm',
        id: expect.stringMatching(/^snap-/),
        error: { code: 'UnauthorizedOperation' },
      },
      { target: 'us-east-1-2204-hvm', id: ids['us-east-1-2204-hvm'], error: { code: 'HeldBack' } },
    ]);
    expect(modifications(sandbox).filter((call) => call.startsWith('ModifyImage'))).toEqual([]);
  });

  it('of a best-effort target: its AMI stays private, the others are shared', async () => {
    const sandbox = createWorld({ behaviour: unblocked });
    const plan = planIn(regions, { public: true }, ['eu-west-1']);
    await build(sandbox, plan);
    sandbox.faults.add([failing]);
    const world = worldOn(sandbox);
    expect(await shareAll(plan, world)).toMatchObject([{ target: 'eu-west-1-2204-hvm' }]);
    expect(modifications(sandbox).filter((call) => call.startsWith('ModifyImage'))).toEqual([
      'ModifyImageAttribute us-east-1',
    ]);
    expect(await statuses(plan, world)).toEqual(['shared', 'verified']);
  });
});

describe('an AMI that part of EC2 does not know yet', () => {
  const unknown = (times: number) => ({
    on: 'ec2:ModifyImageAttribute',
    times,
    does: { error: 'InvalidAMIID.NotFound' },
  });

  it.each([
    [3, []],
    [10, [{ target: 'us-east-1-2204-hvm', error: { code: 'InvalidAMIID.NotFound' } }]],
  ])('is shared after %i refusals, unless there were ten', async (times, failures) => {
    const sandbox = createWorld({ behaviour: unblocked });
    const plan = planIn(['us-east-1'], { public: true });
    await build(sandbox, plan);
    sandbox.faults.add([unknown(times)]);
    const world = worldOn(sandbox);
    expect(await shareAll(plan, world)).toMatchObject(failures);
    expect(await statuses(plan, world)).toEqual([failures.length === 0 ? 'shared' : 'verified']);
  });
});

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DescribeImageAttributeCommand,
  DescribeImagesCommand,
  DescribeSnapshotAttributeCommand,
  DescribeSnapshotsCommand,
} from '@aws-sdk/client-ec2';
import { expect, it, onTestFinished } from 'vitest';
import { type ApiFault, createWorld, type World as Sandbox } from '../../sandbox/testing/index.ts';
import type { ReleasePlan, Target } from '../../src/model/release-plan.ts';
import { idsFormat } from '../../src/record/ids-format.ts';
import type { Destination } from '../../src/record/record.ts';
import { writer } from '../record/fixtures/writer.ts';
import { type Chance, chance } from '../support/chance.ts';
import { plan as aPlan, target as aTarget } from '../support/embedded.ts';
import { makeAmi, targetsOf } from '../support/held-builds.ts';
import { type End, type Published, published, underTest } from '../support/publishing.ts';

const seeds = Array.from({ length: 50 }, (_, index) => index + 1);
const [here, ...elsewhere] = ['us-east-1', 'eu-west-1', 'sa-east-1'] as const;
const friend = '210987654321';

it.each(seeds)(
  'seed %i: nothing is shared before every required target is verified; the next run makes the rest',
  async (seed) => {
    const scenario = scenarioOf(chance(seed));
    const { plan, faults } = scenario;
    const sandbox = createWorld({ behaviour: scenario.behaviour });
    const stranger = await makeAmi(sandbox, { ...aTarget, name: 'stranger', amiName: 'of somebody else' });
    sandbox.faults.add(faults);
    const recordTo = destination();

    let looking: Promise<string[]> | undefined;
    const first = await published(sandbox, plan, {
      ...scenario,
      options: { recordTo: [recordTo] },
      async handle(request) {
        const shares = /^Action=Modify(Image|Snapshot)Attribute&/.test(request.body.toString());
        if (shares) looking ??= unverified(sandbox, plan);
        if (shares) await looking;
        return sandbox.aws.handle(request);
      },
    });
    const shares = sharesOf(sandbox);
    expect(await looking).toEqual(shares.length === 0 ? undefined : []);
    expect(shares).toEqual([...shares].sort(snapshotsFirst));

    sandbox.faults.clear();
    const after = await truth(sandbox, plan);
    const lacks = (required: boolean) =>
      plan.targets.filter((one) => one.required === required && !after.shared.has(one.name));
    if (plan.targets.some((one) => one.required && !after.made.has(one.name))) expect(shares).toEqual([]);
    if (first.exit === 0) expect([...lacks(true), ...lacks(false)]).toEqual([]);
    if (first.exit === 3) expect([lacks(true).length, failedOf(first).length > 0]).toEqual([0, true]);
    if (faults.length === 0) expect(first.exit).toBe(scenario.exit);
    if (first.exit === 1) expect(first.refusal ?? failedOf(first)).not.toEqual([]);
    expect(after.open.filter((id) => id === stranger)).toEqual([]);
    expect(idsIn(recordTo).filter((id) => !after.open.includes(id))).toEqual([]);

    const second = await published(sandbox, plan, { options: { recordTo: [recordTo] } });
    expect(second.exit, JSON.stringify(second.result ?? second.refusal)).toBe(0);
    const end = await truth(sandbox, plan);
    expect([...end.shared].sort()).toEqual(plan.targets.map(({ name }) => name).sort());
    expect(end.open).not.toContain(stranger);
    expect(idsIn(recordTo).sort()).toEqual(end.open);
    expect(madeTwice(sandbox)).toEqual([]);
  },
);

interface Scenario {
  plan: ReleasePlan;
  behaviour: NonNullable<Parameters<typeof createWorld>[0]>['behaviour'] & object;
  faults: ApiFault[];
  ends(target: Target, attempt: number): End;
  takes(): number;
  /** For the first run, in which no call fails. */
  exit: number;
}

function scenarioOf(by: Chance): Scenario {
  const bestEffort = elsewhere.filter(() => by.percent(40));
  const targets = targetsOf([here, ...elsewhere], ['a', 'b']).map((one) => ({
    ...one,
    required: !bestEffort.some((region) => region === one.region),
  }));
  const ends = new Map(targets.map(({ name, required }) => [name, endsOf(by, required ? 5 : 40)]));
  const isMade = ({ name }: Target) => {
    const [one, other] = ends.get(name) ?? [];
    return one === 'made' || (one === 'transient' && other === 'made');
  };
  const lacks = targets.filter((one) => !isMade(one));
  const faults = by.percent(75) ? Array.from({ length: 1 + by.below(4) }, () => faultOf(by)) : [];
  return {
    plan: {
      ...aPlan,
      targets,
      sharing: { ...aPlan.sharing, public: true, accounts: by.percent(50) ? [friend] : [] },
    },
    behaviour: {
      speed: { image: by.oneOf([0, 20, 60]) },
      accounts: [{ imageBlockPublicAccess: 'unblocked' }],
      consistency: { hiddenReads: by.below(3), kinds: ['image', 'snapshot'] },
    },
    faults,
    ends: ({ name }, attempt) => ends.get(name)?.[attempt - 1] ?? 'made',
    takes: () => by.below(40),
    exit: lacks.some(({ required }) => required) ? 1 : lacks.length > 0 ? 3 : 0,
  };
}

const endsOf = (by: Chance, failing: number): End[] =>
  [0, 1].map(() =>
    by.percent(failing) ? by.oneOf(['transient', 'provisioner', 'timeout', 'other']) : 'made',
  );

function faultOf(by: Chance): ApiFault {
  const on = by.oneOf([
    'ec2:DescribeImages',
    'ec2:DescribeSnapshots',
    'ec2:DescribeInstances',
    'ec2:DescribeImageAttribute',
    'ec2:DescribeSnapshotAttribute',
    'ec2:ModifySnapshotAttribute',
    'ec2:ModifyImageAttribute',
    'ec2:ModifySnapshotAttribute',
    'ec2:ModifyImageAttribute',
  ]);
  const denied = { error: 'UnauthorizedOperation', status: 403 };
  const does = by.oneOf<ApiFault['does']>([
    denied,
    denied,
    { error: 'InternalError', status: 500 },
    { error: 'RequestLimitExceeded', status: 503 },
    'drop',
  ]);
  return {
    on,
    does,
    userAgent: underTest,
    region: by.oneOf([here, ...elsewhere]),
    skip: by.below(on.includes('Modify') ? 3 : 40),
    times: does === denied ? 1 + by.below(3) : 1,
  };
}

function destination(): Destination {
  const folder = mkdtempSync(join(tmpdir(), 'barrier '));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const kind = {
    distributor: 'Ubuntu',
    virtualization: 'hvm',
    architecture: 'x86_64',
    rootDevice: 'ebs',
  } as const;
  return {
    file: { path: join(folder, 'ami_ids.json'), shown: 'ami_ids.json' },
    format: idsFormat(
      new Map([
        ['a', { ...kind, release: '2204' }],
        ['b', { ...kind, release: '2404' }],
      ]),
    ),
    writer,
    disk: fs,
  };
}

function idsIn({ file }: Destination): string[] {
  try {
    return readFileSync(file.path, 'utf8').match(/ami-[0-9a-f]+/g) ?? [];
  } catch {
    return [];
  }
}

const failedOf = ({ result }: Published) => result?.targets.filter(({ error }) => error !== undefined) ?? [];

/** The calls that changed a permission, in order, whatever their result. */
const sharesOf = (sandbox: Sandbox) =>
  sandbox.aws
    .calls()
    .flatMap(({ operation }) => (/^Modify(Image|Snapshot)Attribute$/.test(operation) ? [operation] : []));

/** `ModifySnapshotAttribute` before `ModifyImageAttribute`. */
const snapshotsFirst = (one: string, other: string) => (one === other ? 0 : one < other ? 1 : -1);

const madeTwice = (sandbox: Sandbox) => {
  const made = sandbox.aws
    .calls()
    .filter(({ operation, status }) => operation === 'CreateImage' && status === 200)
    .map(({ region, input }) => `${region} ${(input as { Name?: string }).Name}`);
  return made.filter((name, at) => made.indexOf(name) !== at);
};

/** Required targets without an AMI that EC2 has finished, with its snapshots, as AWS says at this moment. */
async function unverified(sandbox: Sandbox, plan: ReleasePlan): Promise<string[]> {
  const amis = await amisOf(sandbox, plan);
  return plan.targets
    .filter(({ required, name }) => required && !amis.some((ami) => ami.target === name && ami.isFinished))
    .map(({ name }) => name);
}

/** The final state: targets with an AMI, those that everybody may use with all snapshots, and all public AMIs. */
async function truth(sandbox: Sandbox, plan: ReleasePlan) {
  const amis = await amisOf(sandbox, plan);
  return {
    made: new Set(amis.map(({ target }) => target)),
    shared: new Set(amis.filter(({ isShared }) => isShared).map(({ target }) => target)),
    open: amis.flatMap(({ id, isOpen }) => (isOpen ? [id] : [])).sort(),
  };
}

/** Resources made while reads were late are still late, for the remaining reads. */
async function onceKnown<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      if (tries === 10 || !(error instanceof Error) || !error.name.endsWith('.NotFound')) throw error;
    }
  }
}

/** Every AMI of the account, looked up with the test's own client, for which nothing is late. */
async function amisOf(sandbox: Sandbox, plan: ReleasePlan) {
  sandbox.aws.settings.change({ consistency: { hiddenReads: 0 } });
  const regions = [here, ...elsewhere].map(async (region) => {
    const ec2 = sandbox.ec2({ region, maxAttempts: 10 });
    const { Images = [] } = await ec2.send(new DescribeImagesCommand({ Owners: ['self'] }));
    return Promise.all(
      Images.map(async ({ ImageId = '', Name, State, Public = false, BlockDeviceMappings = [] }) => {
        const ids = BlockDeviceMappings.flatMap(({ Ebs }) => Ebs?.SnapshotId ?? []);
        const { Snapshots = [] } = await onceKnown(() =>
          ec2.send(new DescribeSnapshotsCommand({ SnapshotIds: ids })),
        );
        const { LaunchPermissions = [] } = await ec2.send(
          new DescribeImageAttributeCommand({ ImageId, Attribute: 'launchPermission' }),
        );
        const volume = await Promise.all(
          ids.map((SnapshotId) =>
            ec2.send(
              new DescribeSnapshotAttributeCommand({ SnapshotId, Attribute: 'createVolumePermission' }),
            ),
          ),
        );
        const all = [
          LaunchPermissions,
          ...volume.map(({ CreateVolumePermissions = [] }) => CreateVolumePermissions),
        ];
        const wanted = ['all', ...plan.sharing.accounts];
        return {
          id: ImageId,
          target:
            plan.targets.find(({ amiName, region: its }) => amiName === Name && its === region)?.name ?? '',
          isFinished: State === 'available' && Snapshots.every((one) => one.State === 'completed'),
          isOpen: Public,
          isShared:
            Public &&
            all.every((entries) =>
              wanted.every((who) => entries.some(({ Group, UserId }) => Group === who || UserId === who)),
            ),
        };
      }),
    );
  });
  return (await Promise.all(regions)).flat();
}

import {
  CopySnapshotCommand,
  CreateTagsCommand,
  DisableImageBlockPublicAccessCommand,
  ModifyImageAttributeCommand,
  ModifySnapshotAttributeCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { createWorld, type World as Sandbox } from '../../sandbox/testing/index.ts';
import type { Clients } from '../../src/aws/connection.ts';
import type { Replaced } from '../../src/build/replace.ts';
import type { Result } from '../../src/model/events.ts';
import type { ReleasePlan } from '../../src/model/release-plan.ts';
import { ownTags } from '../../src/model/resource-names.ts';
import { type PublishOptions, publish } from '../../src/publish/publish.ts';
import { stateOf } from '../e2e/state.ts';
import { isDryRun } from '../support/dry-run.ts';
import {
  clientsOf,
  makeImage,
  plan,
  region,
  startBuild,
  target,
  terminate,
  worldOn,
} from '../support/embedded.ts';
import { heldBuilds, makeAmi, targetsOf } from '../support/held-builds.ts';
import * as stored from '../support/stored.ts';

const older = { 'gopackgo:recipe': 'sha256:older' };
const friend = '210987654321';

interface Asked {
  replace?: boolean;
  takeOver?: boolean;
  recorded?: string[];
  clients?: Clients;
  all?: ReleasePlan;
  /** Milliseconds that pass with each wait, at least. */
  step?: number;
  /** What a build makes; an AMI on EBS by default. */
  make?: () => Promise<void>;
  /** Milliseconds after which it starts. */
  startsAfter?: number;
}

/** Publishes with builds that succeed at once, and returns what was written down before anything was removed. */
async function run(
  sandbox: Sandbox,
  { replace = false, takeOver = false, recorded = [], ...more }: Asked = {},
) {
  const { clients, all = plan, step = 0, startsAfter = 0, make } = more;
  const builds = heldBuilds(sandbox, make);
  const told = worldOn(sandbox, clients ? { clients } : {});
  await told.clock.sleep(startsAfter);
  const world = {
    ...told,
    clock: { ...told.clock, sleep: (milliseconds: number) => told.clock.sleep(Math.max(step, milliseconds)) },
    builds: {
      ...builds,
      async start(one: typeof target) {
        const running = await builds.start(one);
        await builds.succeed(one.name);
        return running;
      },
    },
  };
  const written: Replaced[] = [];
  const options: PublishOptions = {
    chosen: new Set(all.targets.map(({ name }) => name)),
    limits: { parallel: 8, parallelPerRegion: 4, attempts: 1 },
    room: {
      replace,
      takeOver,
      recorded: async () => new Set(recorded),
      write: async (replaced) => void written.push(...replaced),
    },
    review: () => undefined,
    confirm: async () => undefined,
    prepare: async () => undefined,
    folder: 'folder',
  };
  const done: Promise<Result> = publish(all, options, world);
  return { done, written, world, builds };
}

const amisOf = async (sandbox: Sandbox) => (await stateOf(clientsOf(sandbox))).amis;
const changes = (sandbox: Sandbox) =>
  sandbox.aws.calls().filter((call) => !/^(Describe|Get|List)/.test(call.operation) && !isDryRun(call));

describe('--replace', () => {
  it('removes an AMI of another recipe with its snapshots, writes down what it was, and rebuilds', async () => {
    const sandbox = createWorld();
    const old = await makeAmi(sandbox, target, older);
    const [before] = await amisOf(sandbox);
    const { done, written } = await run(sandbox, { replace: true });
    expect(await done).toMatchObject({ exit: 0, targets: [{ status: 'verified', attempts: 1 }] });
    expect(written).toMatchObject([
      { target: target.name, ami: old, snapshots: before?.snapshots, tags: older },
    ]);
    const { amis, leftovers } = await stateOf(clientsOf(sandbox));
    expect(amis).toMatchObject([{ name: target.amiName, tags: { 'gopackgo:recipe': target.recipe } }]);
    expect(amis[0]?.id).not.toBe(old);
    expect(leftovers).toEqual([]);
  });

  it('is suggested with --accept-mixed if neither is given: the run is refused and nothing is changed', async () => {
    const sandbox = createWorld();
    await makeAmi(sandbox, target, older);
    const made = changes(sandbox).length;
    const { done } = await run(sandbox);
    await expect(done).rejects.toMatchObject({
      status: 4,
      message: expect.stringMatching(/another recipe(?:.|\n)*--replace (?:.|\n)*--accept-mixed /),
    });
    expect(changes(sandbox)).toHaveLength(made);
  });

  const shares: [what: string, how: (sandbox: Sandbox, ami: string, snapshot: string) => Promise<unknown>][] =
    [
      [
        `shared with ${friend}`,
        (sandbox, ImageId) =>
          sandbox
            .ec2()
            .send(
              new ModifyImageAttributeCommand({ ImageId, LaunchPermission: { Add: [{ UserId: friend }] } }),
            ),
      ],
      [
        'shared with everybody',
        async (sandbox, ImageId) => {
          await sandbox.ec2().send(new DisableImageBlockPublicAccessCommand({}));
          const LaunchPermission = { Add: [{ Group: 'all' as const }] };
          await sandbox.ec2().send(new ModifyImageAttributeCommand({ ImageId, LaunchPermission }));
        },
      ],
      [
        `shared with ${friend}`,
        (sandbox, _, SnapshotId) =>
          sandbox.ec2().send(
            new ModifySnapshotAttributeCommand({
              SnapshotId,
              Attribute: 'createVolumePermission',
              CreateVolumePermission: { Add: [{ UserId: friend }] },
            }),
          ),
      ],
      [
        'the lookup of its permissions failed',
        async (sandbox) =>
          sandbox.faults.add([
            { on: 'ec2:DescribeImageAttribute', times: 0, does: { error: 'UnauthorizedOperation' } },
          ]),
      ],
    ];
  it.each(shares)('refuses an AMI that is %s (%#)', async (why, how) => {
    const sandbox = createWorld();
    const ami = await makeAmi(sandbox, target, older);
    const [found] = await amisOf(sandbox);
    await how(sandbox, ami, found?.snapshots[0] ?? '');
    const made = changes(sandbox).length;
    const { done, written } = await run(sandbox, { replace: true });
    await expect(done).rejects.toMatchObject({
      status: 4,
      message: expect.stringMatching(
        new RegExp(`${target.name}: ${ami} is kept: .*${why}(?:.|\\n)*Raise "version"`),
      ),
    });
    expect(written).toEqual([]);
    expect(changes(sandbox)).toHaveLength(made);
  });

  it('refuses a recorded AMI, and then replaces none of the others either', async () => {
    const sandbox = createWorld();
    const targets = targetsOf([region], ['a', 'b']);
    const ids = [];
    for (const one of targets) ids.push(await makeAmi(sandbox, one, older));
    const made = changes(sandbox).length;
    const { done } = await run(sandbox, {
      replace: true,
      recorded: ids.slice(1),
      all: { ...plan, targets },
    });
    await expect(done).rejects.toThrow(`us-east-1-b: ${ids[1]} is kept: it is recorded`);
    expect(changes(sandbox)).toHaveLength(made);
  });

  it.each([
    ['nothing shows that gopackgo built', { 'gopackgo:recipe': '' }, false],
    ['belongs to another release', { ...older, 'gopackgo:release': 'web@0.9.0' }, true],
    ['belongs to another target', { ...older, 'gopackgo:target': 'us-east-1-other' }, true],
  ])('never touches an AMI that %s', async (_, tags, tagged) => {
    const sandbox = createWorld();
    if (tagged) await makeAmi(sandbox, target, tags);
    else {
      const { instance } = await startBuild(sandbox, { 'gopackgo:release': 'another@1' });
      await makeImage(sandbox, instance);
      await terminate(sandbox, instance);
    }
    const made = changes(sandbox).length;
    const { done } = await run(sandbox, { replace: true });
    await expect(done).rejects.toMatchObject({ status: 4 });
    expect(changes(sandbox)).toHaveLength(made);
  });

  it("keeps a snapshot of the user's own, whatever tags Packer wrote on it", async () => {
    const sandbox = createWorld();
    const ec2 = sandbox.ec2();
    const other = await makeAmi(
      sandbox,
      { ...target, amiName: 'not of this tool' },
      { 'gopackgo:release': 'x@1' },
    );
    const [source] = (await amisOf(sandbox)).filter(({ id }) => id === other);
    const { SnapshotId: own = '' } = await ec2.send(
      new CopySnapshotCommand({
        SourceRegion: region,
        SourceSnapshotId: source?.snapshots[0],
        Description: 'data of ours',
      }),
    );
    await ec2.send(
      new CreateTagsCommand({
        Resources: [own],
        Tags: [
          { Key: 'gopackgo:release', Value: plan.release },
          { Key: 'gopackgo:target', Value: target.name },
        ],
      }),
    );
    await makeAmi(sandbox, target, older);
    const { done } = await run(sandbox, { replace: true });
    expect((await done).exit).toBe(0);
    expect((await stateOf(clientsOf(sandbox))).leftovers).toContain(`snapshot ${own}`);
  });

  it('removes the bundle of an instance-store AMI before the next one is uploaded', async () => {
    const sandbox = createWorld();
    await stored.madeBucket(sandbox);
    const register = async (tags: Record<string, string>) => {
      await stored.uploadBundle(sandbox);
      const id = await stored.register(sandbox);
      const Tags = Object.entries({ ...ownTags(plan, stored.target), ...tags }).map(([Key, Value]) => ({
        Key,
        Value,
      }));
      await sandbox.ec2().send(new CreateTagsCommand({ Resources: [id], Tags }));
      return id;
    };
    const old = await register(older);
    await stored.putObjects(sandbox, `${stored.prefix}.part.1`);
    const { done, written } = await run(sandbox, {
      replace: true,
      all: stored.plan,
      make: async () => void (await register({})),
    });
    expect((await done).exit).toBe(0);
    expect(written).toMatchObject([{ ami: old, location: stored.target.expect.location, snapshots: [] }]);
    expect(await stored.contentOf(sandbox)).toEqual([
      `${stored.prefix}.manifest.xml`,
      `${stored.prefix}.part.0`,
    ]);
  });

  it('killed at any change and run again leaves one AMI of each target and nothing else', async () => {
    const targets = targetsOf([region], ['a', 'b']);
    const all = { ...plan, targets };
    const prepared = async () => {
      const sandbox = createWorld();
      for (const one of targets) await makeAmi(sandbox, one, older);
      return sandbox;
    };
    const whole = await prepared();
    const made = changes(whole).length;
    const first = await run(whole, { replace: true, all });
    await first.done;
    const upTo = changes(whole)
      .slice(made)
      .findIndex(({ operation }) => operation === 'RunInstances');
    expect(upTo).toBe(6);

    for (let killedAt = 0; killedAt <= upTo; killedAt++) {
      const sandbox = await prepared();
      const { clients, killed } = killedAfter(sandbox, killedAt);
      const { done } = await run(sandbox, { replace: true, all, clients });
      await Promise.race([done, killed]);
      const again = await run(sandbox, { replace: true, all });
      expect((await again.done).exit, `killed before change ${killedAt}`).toBe(0);
      const { amis, leftovers } = await stateOf(clientsOf(sandbox));
      expect(leftovers, `killed before change ${killedAt}`).toEqual([]);
      expect(amis).toMatchObject(
        targets.map(({ amiName, recipe }) => ({ name: amiName, tags: { 'gopackgo:recipe': recipe } })),
      );
    }
  });
});

describe('--accept-mixed', () => {
  it('keeps AMIs of another recipe, builds what is missing, and tells them apart', async () => {
    const sandbox = createWorld();
    const targets = targetsOf([region], ['a', 'b']).map((one) => ({
      ...one,
      acceptsAnyRecipe: true as const,
    }));
    const [kept] = targets;
    if (!kept) throw new Error('no targets');
    const ami = await makeAmi(sandbox, kept, older);
    const { done } = await run(sandbox, { all: { ...plan, targets } });
    const { exit, targets: results } = await done;
    expect(exit).toBe(0);
    expect(results).toMatchObject([
      { name: 'us-east-1-a', status: 'verified', ami, mixed: true, attempts: 0 },
      { name: 'us-east-1-b', status: 'verified', attempts: 1 },
    ]);
    expect(results[1]).not.toHaveProperty('mixed');
  });
});

describe("another host's builder", () => {
  const elsewhere = { 'gopackgo:host': 'laptop' };

  it('is terminated with --take-over, whatever its age; everything that it made is removed, and the target is rebuilt', async () => {
    const sandbox = createWorld();
    const { instance } = await startBuild(sandbox, elsewhere);
    const { done, builds } = await run(sandbox, { takeOver: true });
    expect(await done).toMatchObject({ exit: 0, targets: [{ status: 'verified', attempts: 1 }] });
    expect(builds.started).toEqual([target.name]);
    const { amis, leftovers } = await stateOf(clientsOf(sandbox));
    expect(amis).toHaveLength(1);
    // The stand-in's own builds make no key pair and no security group.
    expect(leftovers).toEqual([]);
    expect(changes(sandbox).filter(({ operation }) => operation === 'TerminateInstances')).toContainEqual(
      expect.objectContaining({ input: expect.objectContaining({ InstanceIds: [instance] }) }),
    );
  });

  it('is shown before anything is done', async () => {
    const sandbox = createWorld();
    const { instance } = await startBuild(sandbox, elsewhere);
    const { done, world } = await run(sandbox, { takeOver: true });
    await done;
    expect(world.events.find(({ type }) => type === 'planned')).toMatchObject({
      toBuild: 1,
      takesOver: [{ target: target.name, host: 'laptop', instance }],
    });
  });

  it('is left alone if an AMI of another recipe also has the name', async () => {
    const sandbox = createWorld();
    await makeAmi(sandbox, target, older);
    await startBuild(sandbox, elsewhere);
    const made = changes(sandbox).length;
    const { done } = await run(sandbox, { takeOver: true, startsAfter: 4 * 60 * 60_000 });
    await expect(done).rejects.toMatchObject({ status: 4 });
    expect(changes(sandbox)).toHaveLength(made);
  });

  it('is waited for without --take-over until its time is over, and is then a conflict that names --take-over', async () => {
    const sandbox = createWorld();
    await startBuild(sandbox, elsewhere);
    const { done, world } = await run(sandbox, { step: 20 * 60_000 });
    expect(await done).toMatchObject({
      exit: 1,
      targets: [{ status: 'conflict', error: { message: expect.stringContaining('--take-over') } }],
    });
    expect(world.events).toContainEqual(
      expect.objectContaining({ type: 'waiting', for: expect.stringMatching(/host laptop.*--take-over/) }),
    );
    expect(changes(sandbox).map(({ operation }) => operation)).not.toContain('TerminateInstances');
  });
});

/** Clients of a process that is killed once it made so many changes: no further call goes out. */
function killedAfter(sandbox: Sandbox, count: number) {
  const clients = clientsOf(sandbox);
  const { promise: killed, resolve } = Promise.withResolvers<void>();
  let made = 0;
  clients.ec2(region).middlewareStack.add(
    (next, context) => (args) => {
      const isChange = !/^(Describe|Get)/.test(context.commandName ?? '');
      if (made === count && isChange) {
        resolve();
        return new Promise(() => undefined);
      }
      if (isChange) made++;
      return next(args);
    },
    { step: 'initialize' },
  );
  return { clients, killed };
}

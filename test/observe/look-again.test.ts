import { DeregisterImageCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { createWorld, type World as Sandbox } from '../../sandbox/testing/index.ts';
import { lookAgain } from '../../src/observe/look-again.ts';
import { observe } from '../../src/observe/observe.ts';
import { statusOf } from '../../src/observe/status.ts';
import { plan as aPlan, startBuild, target, worldOn } from '../support/embedded.ts';
import { makeAmi, targetsOf } from '../support/held-builds.ts';

const plan = { ...aPlan, targets: [target, ...targetsOf(['us-east-1'], ['b', 'c'])] };

/** The calls that show leftovers of builds. */
const ofBuilds = ['DescribeInstances', 'DescribeKeyPairs', 'DescribeVolumes', 'DescribeSecurityGroups'];

/** Looks up targets with an AMI each, lets something happen, and looks again. */
async function lookedAgain(
  meanwhile: (sandbox: Sandbox, amis: readonly string[]) => Promise<unknown>,
  { targets = plan.targets, later = 0 } = {},
) {
  const sandbox = createWorld();
  const world = worldOn(sandbox);
  const amis = [];
  for (const one of targets) amis.push(await makeAmi(sandbox, one));
  const seen = await observe(plan, plan.targets, world, { details: false });
  await meanwhile(sandbox, amis);
  await world.clock.sleep(later);
  const from = sandbox.aws.calls().length;
  const sightings = await lookAgain(plan, plan.targets, { sightings: seen, made: new Set() }, world);
  return {
    statuses: sightings.map((one) => statusOf(one.target, one, plan.sharing, world.clock.now()).is),
    asked: sandbox.aws
      .calls()
      .slice(from)
      .map(({ operation }) => operation)
      .filter((operation) => ofBuilds.includes(operation)),
    sightings,
  };
}

const nothing = async () => undefined;

it('in a region that was looked up within the last minute and after its builds, only AMIs are looked up again', async () => {
  const { statuses, asked } = await lookedAgain(nothing);
  expect(statuses).toEqual(['verified', 'verified', 'verified']);
  expect(asked).toEqual([]);
});

describe('everything of a region is looked up again', () => {
  it('if it was looked up more than a minute ago', async () => {
    const { statuses, asked } = await lookedAgain(nothing, { later: 60_000 });
    expect(statuses).toEqual(['verified', 'verified', 'verified']);
    expect(asked.sort()).toEqual(ofBuilds.toSorted());
  });

  it('if an AMI is gone since then, and its builder is found', async () => {
    const { statuses, asked, sightings } = await lookedAgain(async (sandbox, [ImageId]) => {
      await sandbox.ec2().send(new DeregisterImageCommand({ ImageId: ImageId ?? '' }));
      await startBuild(sandbox);
    });
    expect(statuses).toEqual(['failed', 'verified', 'verified']);
    expect(asked.sort()).toEqual(ofBuilds.toSorted());
    const { leftovers } = sightings[0] ?? {};
    const kinds = leftovers?.ok ? leftovers.value.map(({ kind }) => kind) : [];
    expect(kinds).toEqual(['instance', 'security group', 'key pair', 'snapshot']);
  });

  it('if one of its targets had no AMI then', async () => {
    const { statuses, asked } = await lookedAgain(nothing, { targets: [target] });
    expect(statuses).toEqual(['verified', 'absent', 'absent']);
    expect(asked.sort()).toEqual(ofBuilds.toSorted());
  });
});

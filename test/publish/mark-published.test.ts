import { expect, it } from 'vitest';
import { createWorld, type World as Sandbox } from '../../sandbox/testing/index.ts';
import { findImages } from '../../src/aws/images.ts';
import type { ReleasePlan } from '../../src/model/release-plan.ts';
import { tagKeys } from '../../src/model/resource-names.ts';
import { plan as aPlan, clientsOf } from '../support/embedded.ts';
import { targetsOf } from '../support/held-builds.ts';
import { published } from '../support/publishing.ts';

const [here, there] = ['us-east-1', 'sa-east-1'] as const;

/** Two regions, the second one best-effort. */
const plan: ReleasePlan = {
  ...aPlan,
  targets: targetsOf([here, there], ['a']).map((one) => ({ ...one, required: one.region === here })),
};

async function marks(sandbox: Sandbox): Promise<(string | undefined)[]> {
  const lookups = await Promise.all(
    [here, there].map((region) => findImages(clientsOf(sandbox), region, { owner: 'self' })),
  );
  return lookups.map((lookup) => (lookup.ok ? lookup.value[0]?.tags[tagKeys.published] : 'unknown'));
}

const changing = (sandbox: Sandbox) =>
  sandbox.aws.calls().filter(({ operation }) => operation === 'CreateTags').length;

it('marks a release once every required target is complete, and AMIs that a later run adds with the same time', async () => {
  const sandbox = createWorld();
  const [first, second] = plan.targets.map(({ name }) => name);
  const partly = await published(sandbox, plan, { ends: ({ name }) => (name === first ? 'other' : 'made') });
  expect([partly.exit, await marks(sandbox)]).toEqual([1, [undefined, undefined]]);

  const failing = createWorld();
  const partial = await published(failing, plan, {
    ends: ({ name }) => (name === second ? 'other' : 'made'),
  });
  const [time] = await marks(failing);
  expect([partial.exit, await marks(failing)]).toEqual([
    3,
    [expect.stringMatching(/^\d{4}-.*Z$/), undefined],
  ]);
  await published(failing, plan);
  expect(await marks(failing)).toEqual([time, time]);
  const before = changing(failing);
  await published(failing, plan);
  expect(changing(failing)).toBe(before);
});

it('marks a candidate as one', async () => {
  const sandbox = createWorld();
  const candidate: ReleasePlan = { ...plan, candidate: true };
  await published(sandbox, candidate);
  expect(await marks(sandbox)).toEqual([
    expect.stringMatching(/^candidate \d{4}-/),
    expect.stringMatching(/^candidate \d{4}-/),
  ]);
});

it('warns if EC2 refuses the tags; the next run writes them', async () => {
  const sandbox = createWorld();
  sandbox.faults.add([
    { on: 'ec2:CreateTags', times: 0, region: here, does: { error: 'UnauthorizedOperation', status: 403 } },
  ]);
  const { exit, events } = await published(sandbox, plan);
  expect(exit).toBe(0);
  expect(events.filter(({ type }) => type === 'warning')).toMatchObject([
    { text: expect.stringContaining('web@1.0.0: its AMIs could not be marked as published: ') },
  ]);
  sandbox.faults.clear();
  await published(sandbox, plan);
  const [one, other] = await marks(sandbox);
  expect(one).toBe(other);
});

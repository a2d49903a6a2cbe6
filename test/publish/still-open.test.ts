import { expect, it } from 'vitest';
import { createWorld, unblocked } from '../../sandbox/testing/index.ts';
import type { PlanSummary } from '../../src/model/events.ts';
import { planIn } from '../support/built.ts';
import { region } from '../support/embedded.ts';
import { published } from '../support/publishing.ts';

const images = ['us-east-1-2204-hvm', 'us-east-1-2404-hvm'] as const;
const everybody = { public: true, accounts: [], organizations: [] };

/** A plan of two images in one region. */
function twoImages(sharing: Parameters<typeof planIn>[1]) {
  const plan = planIn([region], sharing);
  const [target] = plan.targets;
  if (!target) throw new Error('no target');
  return {
    ...plan,
    targets: images.map((name) => ({ ...target, name, image: name.slice(10), amiName: name })),
  };
}

async function isPublic(sandbox: ReturnType<typeof createWorld>): Promise<void> {
  const { exit } = await published(sandbox, twoImages({ public: true }));
  expect(exit).toBe(0);
}

it('if AWS refuses to revoke permissions, the result says who may still use the AMIs', async () => {
  const sandbox = createWorld({ behaviour: unblocked });
  await isPublic(sandbox);
  sandbox.faults.add([
    { on: 'ec2:ModifyImageAttribute', times: 0, does: { error: 'UnauthorizedOperation' } },
  ]);
  const { exit, result } = await published(sandbox, twoImages({}));
  expect(exit).toBe(1);
  for (const { stillOpenTo, error } of result?.targets ?? []) {
    expect(stillOpenTo).toEqual(everybody);
    expect(error?.message).toMatch(
      /could not be revoked from everyone who may use it: UnauthorizedOperation/,
    );
  }
});

it('a selection shows all changes: the AMIs that others lose, selected or not', async () => {
  const sandbox = createWorld({ behaviour: unblocked });
  await isPublic(sandbox);
  const asked: PlanSummary[] = [];
  const { exit, result } = await published(sandbox, twoImages({}), {
    chosen: [images[0]],
    options: { confirm: async (plan) => void asked.push(plan) },
  });
  expect(exit).toBe(0);
  expect(asked.flatMap(({ targets }) => targets.map(({ name, takenFrom }) => [name, takenFrom]))).toEqual(
    images.map((name) => [name, everybody]),
  );
  expect(result?.targets.map(({ name }) => name)).toEqual(images);
  for (const target of result?.targets ?? []) expect(target).not.toHaveProperty('stillOpenTo');
});

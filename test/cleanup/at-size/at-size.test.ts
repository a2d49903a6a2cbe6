import { expect, test } from 'vitest';
import {
  createRequestHandler,
  createWorld,
  defaultAccount,
  seedState,
  temporaryFolder,
} from '../../../sandbox/testing/index.ts';
import { createClients } from '../../../src/aws/connection.ts';
import type { Context } from '../../../src/aws/context.ts';
import { decideRegion } from '../../../src/cleanup/decide-region.ts';
import { lookUpRegion } from '../../../src/cleanup/inventory.ts';
import { lookUpReferencesTo } from '../../../src/cleanup/lookup-and-decide.ts';
import { worldOn } from '../../support/embedded.ts';
import { cleanUp, inWords } from './clean-up.ts';
import { describeAmis } from './described.ts';
import { type Asked, everything, expectedPlan, goingBy } from './expected-plan.ts';
import { expectedState } from './expected-state.ts';
import { official, regions } from './publication.ts';
import { seededWorld, traitNamed } from './seeded.ts';
import { differences, storedState } from './stored-state.ts';

const now = Date.parse('2026-11-21T12:00:00Z');
const amis = describeAmis();
const usual: Asked = {
  olderThan: 180,
  keepLast: 3,
  adopt: false,
  includingShared: false,
  maxDeletions: 50,
  maxShare: 0.5,
};

/** No call waits: the request rate is measured elsewhere. */
const unpaced = { acquire: async () => undefined, refused: () => undefined };

function seeded(): { folder: string; world: Context } {
  const folder = temporaryFolder();
  seedState(folder, seededWorld(amis, now), new Date(now));
  const sandbox = createWorld({ folder, now: () => new Date(now), behaviour: { requestRates: 'off' } });
  const clients = createClients({
    credentials: defaultAccount,
    client: () => ({ requestHandler: createRequestHandler(sandbox.aws) }),
    pace: unpaced,
  });
  return { folder, world: worldOn(sandbox, { clients }) };
}

const recorded = new Set(
  amis
    .filter(({ traits }) => traits.some((name) => traitNamed(name).keeps === 'recorded'))
    .map(({ id }) => id),
);

const inOrder = <T>(map: ReadonlyMap<string, T>): [string, T][] =>
  [...map].sort(([one], [other]) => (one < other ? -1 : 1));

const release: Asked = { ...everything, release: 'official@1.0.3', keepLast: 0 };
const sharedToo: Asked = { ...usual, adopt: true, includingShared: true, maxDeletions: 30 };

test('2,000 AMIs are described, and each reason is the only one that keeps some of them', () => {
  expect(new Set(amis.map(({ id }) => id)).size).toBe(2_000);
  const plans = [usual, everything, sharedToo, release].map((asked) => expectedPlan(amis, asked));
  const alone = plans.flatMap((plan) => [...plan.values()].filter(({ length }) => length === 1).flat());
  expect([...new Set(alone)].sort()).toEqual([
    'among the newest',
    'being made',
    'deregistration protection',
    'guard',
    'keep tag',
    'launched recently',
    'not chosen',
    'not ours',
    'recorded',
    'referenced',
    'shared',
  ]);
});

test('the decisions are exactly as expected, whatever the request', async () => {
  const { world } = seeded();
  const lookups = await Promise.all(regions.map((region) => lookUpRegion(official, region, world)));
  const inventories = lookups.flatMap((lookup) => (lookup.ok ? lookup.value : []));
  const byRegion = new Map(inventories.map((inventory) => [inventory.region, inventory]));
  const references = await lookUpReferencesTo(byRegion, regions, world);
  expect(inventories).toHaveLength(regions.length);
  for (const asked of [usual, sharedToo, everything, release]) {
    const decisions = inventories.flatMap((inventory) =>
      decideRegion(inventory, references, { ...inWords(asked), recorded, now }),
    );
    const reasons = new Map(
      decisions.map(({ considered, keep }) => [
        considered.ami.id,
        keep.map(({ reason }): string => reason).sort(),
      ]),
    );
    expect(inOrder(reasons)).toEqual(inOrder(expectedPlan(amis, asked)));
  }
});

test('exactly the AMIs shown are deleted with their dependents, everything else stays as it was, and a second run continues', async () => {
  const { world, folder } = seeded();
  let left = amis;
  for (const asked of [usual, everything, everything]) {
    const expected = expectedPlan(left, asked);
    const going = goingBy(expected);
    const before = storedState(folder);
    const { plan, result } = await cleanUp({ asked, recorded, now, apply: true }, world);
    expect(plan.unseen).toEqual([]);
    expect(plan.leftovers).toEqual([]);
    const shown = plan.amis.map(({ ami, reasons }): [string, string[]] => [
      ami,
      reasons.map(({ reason }) => reason).sort(),
    ]);
    expect(inOrder(new Map(shown))).toEqual(inOrder(expected));
    const notGone = result.amis.filter(({ outcome }) => outcome !== 'removed');
    expect(notGone.map(({ ami, outcome }) => `${ami} ${outcome}`).sort()).toEqual(
      [...expected].flatMap(([id, [reason]]) => (reason === 'guard' ? [`${id} kept`] : [])).sort(),
    );
    expect(result.amis.flatMap(({ parts }) => parts.filter(({ outcome }) => outcome === 'remains'))).toEqual(
      [],
    );
    expect(result.exit).toBe(notGone.length > 0 ? 1 : 0);
    expect(differences(storedState(folder), expectedState(before, left, going))).toEqual([]);
    left = left.filter(({ id }) => !going.has(id));
  }
}, 240_000);

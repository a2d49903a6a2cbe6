import { describe, expect, it } from 'vitest';
import { createWorld, type World as Sandbox, temporaryFolder } from '../../sandbox/testing/index.ts';
import type { Clients } from '../../src/aws/connection.ts';
import { lookUpInterrupted } from '../../src/cleanup/interrupted-cleanup.ts';
import { lookUpRegion } from '../../src/cleanup/inventory.ts';
import { plannedRemoval } from '../../src/cleanup/planned-removal.ts';
import type { Lookup } from '../../src/model/lookup.ts';
import type { Outcome, Removal } from '../../src/model/resource.ts';
import { type RegionOutcome, removeRegion } from '../../src/remove/remove-region.ts';
import { clientsOf, plan, region, worldOn } from '../support/embedded.ts';
import { copyOf, failing } from '../support/failing.ts';
import { everything, expected, going, smallWorld, web } from '../support/removal-world.ts';

const { account } = plan;
const inMemory = () => {
  const written: Removal[] = [];
  return {
    written,
    write: async (_: string, removals: readonly Removal[]) => void written.push(...removals),
  };
};

function value<T>(lookup: Lookup<T>): T {
  if (!lookup.ok) throw new Error(`${lookup.error.operation}: ${lookup.error.code}: ${lookup.error.message}`);
  return lookup.value;
}

/** A whole run, as on a machine that knows nothing of an earlier one: complete AMIs, and interrupted deletions. */
async function cleanUp(sandbox: Sandbox, chosen: readonly string[], clients: Clients = clientsOf(sandbox)) {
  const sober = { clients: clientsOf(sandbox) };
  const { amis: candidates } = value(await lookUpRegion(web, region, sober));
  const begun = value(await lookUpInterrupted('web', region, { account, includingShared: true }, sober));
  const removals = [
    ...candidates
      .filter(({ ami }) => chosen.includes(ami.id))
      .flatMap((one) => plannedRemoval({ ...one, references: [] }) ?? []),
    ...begun.removals,
  ];
  const records = inMemory();
  const world = worldOn(sandbox, { clients });
  const outcome = await removeRegion(
    { region, removals, buckets: begun.buckets },
    { account, records },
    world,
  );
  return { outcome, world, records };
}

const those = ({ removals, buckets }: RegionOutcome, wanted: Outcome['outcome']) =>
  [
    ...removals.flatMap(({ removal, outcome, why, parts }) => [
      ...(why === 'it was already gone' ? [] : [{ kind: 'AMI', id: removal.ami, outcome }]),
      ...parts,
    ]),
    ...buckets,
  ]
    .filter(({ outcome }) => outcome === wanted)
    .map(({ kind, id }) => `${kind} ${id}`)
    .sort();

describe('removing AMIs', () => {
  it('removes all their dependents, keeps everything that anybody else uses, and reports it', async () => {
    const sandbox = createWorld();
    const made = await smallWorld(sandbox);
    const before = await everything(sandbox);
    const left = expected(made, before);
    const { outcome, world, records } = await cleanUp(sandbox, going(made));
    expect(await everything(sandbox)).toEqual(left);
    expect(those(outcome, 'remains')).toEqual([]);
    expect(those(outcome, 'kept')).toEqual([`snapshot ${made.data}`, `snapshot ${made.needed}`].sort());
    expect(those(outcome, 'removed')).toEqual(
      world.events
        .map((event) => (event.type === 'removed' ? `${event.kind} ${event.id}` : event.type))
        .sort(),
    );
    expect(records.written.map(({ ami }) => ami).sort()).toEqual(going(made).sort());
  });

  it('refused any one call and run again, leaves nothing and removes nothing extra', async () => {
    const folder = temporaryFolder();
    const first = createWorld({ folder });
    const made = await smallWorld(first);
    const left = expected(made, await everything(first));
    await first.aws.close();
    const whole = copyOf(folder);
    const counting = failing(whole, Number.POSITIVE_INFINITY, 0);
    await cleanUp(whole, going(made), counting.clients);
    expect(counting.calls()).toBeGreaterThan(40);
    for (let after = 0; after < counting.calls(); after++) {
      const sandbox = copyOf(folder);
      await cleanUp(sandbox, going(made), failing(sandbox, after, 1).clients);
      const { outcome } = await cleanUp(sandbox, going(made));
      expect(await everything(sandbox), `refused call ${after + 1}`).toEqual(left);
      expect(those(outcome, 'remains'), `refused call ${after + 1}`).toEqual([]);
    }
  });
});

import { cpSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { defaultAccount } from '../../sandbox/accounts.ts';
import { createRequestHandler } from '../../sandbox/request-handler.ts';
import { createWorld, type World as Sandbox, temporaryFolder } from '../../sandbox/test/world.ts';
import { type Clients, createClients } from '../../src/aws/connection.ts';
import { lookAtRegion } from '../../src/cleanup/inventory.ts';
import { type Removal, removalOf } from '../../src/cleanup/removal.ts';
import { type RegionOutcome, remove } from '../../src/cleanup/remove.ts';
import { lookAtUnfinished } from '../../src/cleanup/unfinished.ts';
import type { Look } from '../../src/lib/look.ts';
import { clientsOf, plan, region, worldOn } from '../release/embedded.ts';
import { everything, foreignBucket, going, type Made, smallWorld, web } from './removal-world.ts';

const { account } = plan;
const inMemory = () => {
  const written: Removal[] = [];
  return {
    written,
    write: async (_: string, removals: readonly Removal[]) => void written.push(...removals),
  };
};

function value<T>(look: Look<T>): T {
  if (!look.ok) throw new Error(`${look.error.operation}: ${look.error.code}: ${look.error.message}`);
  return look.value;
}

/** A whole run, as on a machine that knows nothing of an earlier one: what stands, and what was begun. */
async function cleanUp(sandbox: Sandbox, chosen: readonly string[], clients: Clients = clientsOf(sandbox)) {
  const sober = { clients: clientsOf(sandbox) };
  const { candidates } = value(await lookAtRegion(web, region, sober));
  const begun = value(await lookAtUnfinished('web', region, account, sober));
  const removals = [
    ...candidates.filter(({ ami }) => chosen.includes(ami.id)).flatMap((one) => removalOf(one) ?? []),
    ...begun.removals,
  ];
  const records = inMemory();
  const world = worldOn(sandbox, { clients });
  const outcome = await remove({ region, removals, buckets: begun.buckets }, { account, records }, world);
  return { outcome, world, records };
}

const fates = ({ removals, buckets }: RegionOutcome, is: string) =>
  [...removals.flatMap(({ parts }) => parts), ...buckets]
    .filter(({ fate }) => fate.is === is)
    .map(({ kind, id }) => `${kind} ${id}`)
    .sort();

/** What has to be left of the small world. */
const expected = ({ needed, data, stays, live }: Made, before: readonly string[]): string[] =>
  before.filter(
    (line) =>
      [needed, data, stays, live].some((id) => line.startsWith(id)) ||
      (line.includes(foreignBucket) && !/0\.9\.0\/image\.(manifest|part\.0)/.test(line)),
  );

/** Clients whose calls fail after so many that went well: all of them, as where the process was killed, or the next one. */
function failing(sandbox: Sandbox, after: number, times: number): { clients: Clients; calls: () => number } {
  const handler = createRequestHandler(sandbox.aws);
  let calls = 0;
  const clients = createClients({
    credentials: defaultAccount,
    client: () =>
      ({
        maxAttempts: 1,
        requestHandler: {
          ...handler,
          async handle(...args: Parameters<typeof handler.handle>) {
            if (++calls > after && calls <= after + times)
              throw Object.assign(new Error('killed'), { name: 'Killed' });
            return handler.handle(...args);
          },
        },
      }) as object,
  });
  return { clients, calls: () => calls };
}

describe('removing AMIs', () => {
  it('takes all that hangs on them, lets be what anybody else has, and says so', async () => {
    const sandbox = createWorld();
    const made = await smallWorld(sandbox);
    const before = await everything(sandbox);
    const left = expected(made, before);
    const { outcome, world, records } = await cleanUp(sandbox, going(made));
    expect(await everything(sandbox)).toEqual(left);
    expect(fates(outcome, 'failed')).toEqual([]);
    expect(fates(outcome, 'kept')).toEqual([`snapshot ${made.data}`, `snapshot ${made.needed}`].sort());
    expect(fates(outcome, 'removed')).toEqual(
      world.events
        .map((event) => (event.type === 'removed' ? `${event.kind} ${event.id}` : event.type))
        .sort(),
    );
    expect(records.written.map(({ ami }) => ami).sort()).toEqual(going(made).sort());
  });

  it.each([
    ['killed at any call', Number.POSITIVE_INFINITY],
    ['refused any one call', 1],
  ])(
    '%s and run again elsewhere: nothing left, nothing extra',
    async (_, times) => {
      const folder = temporaryFolder();
      const first = createWorld({ folder });
      const made = await smallWorld(first);
      const before = await everything(first);
      const left = expected(made, before);
      first.aws.close();
      const copied = () => {
        const copy = temporaryFolder();
        cpSync(folder, copy, { recursive: true });
        return createWorld({ folder: copy });
      };
      const whole = copied();
      const counting = failing(whole, Number.POSITIVE_INFINITY, 0);
      await cleanUp(whole, going(made), counting.clients);
      expect(await everything(whole)).toEqual(left);
      expect(counting.calls()).toBeGreaterThan(40);
      for (let after = 0; after < counting.calls(); after++) {
        const sandbox = copied();
        await cleanUp(sandbox, going(made), failing(sandbox, after, times).clients);
        const between = await everything(sandbox);
        const { outcome } = await cleanUp(sandbox, going(made));
        expect(await everything(sandbox), `killed after call ${after}: ${between.join('\n')}`).toEqual(left);
        expect(fates(outcome, 'failed'), `killed after call ${after}`).toEqual([]);
      }
    },
    120_000,
  );
});

import { EnableImageDeregistrationProtectionCommand } from '@aws-sdk/client-ec2';
import { expect, it } from 'vitest';
import { createWorld, type World as Sandbox, temporaryFolder } from '../../sandbox/testing/index.ts';
import type { Clients } from '../../src/aws/connection.ts';
import { cleanup } from '../../src/cleanup/cleanup.ts';
import type { CleanupPlan } from '../../src/model/events.ts';
import { clientsOf, plan, region, worldOn } from '../support/embedded.ts';
import { copyOf, failing } from '../support/failing.ts';
import { everything, expected, smallWorld, web } from '../support/removal-world.ts';

const hour = 3_600_000;

/** The whole publication is cleaned up, as on a machine that knows nothing of an earlier run. */
async function cleanUp(
  sandbox: Sandbox,
  clients: Clients = clientsOf(sandbox),
  onConfirm: () => void = () => undefined,
) {
  const now = Date.now() + hour;
  const asked = {
    olderThan: 0,
    keepLast: 0,
    only: [],
    except: [],
    adopt: true,
    includingShared: true,
    guardPeriod: 0,
    maxDeletions: 50,
    maxShare: 1,
    leftovers: false,
    orphanAge: hour,
  };
  let shown: CleanupPlan | undefined;
  const result = await cleanup(
    web,
    {
      about: {
        format: 2,
        publication: 'web',
        account: plan.account,
        endpoint: 'sandbox:test',
        createdAt: new Date(now).toISOString(),
        asked,
      },
      regions: [region],
      everyRegion: [region],
      closed: [],
      of: { asked, now, mayUnprotect: true },
      recorded: async () => new Set(),
      select: () => undefined,
      async confirm(one) {
        shown = one;
        onConfirm();
        return true;
      },
      approved: (one) => one,
      records: { write: async () => undefined },
      emit: () => undefined,
      folder: 'nowhere',
    },
    worldOn(sandbox, { clients }),
  );
  return { result, shown };
}

it('killed at any call and run again elsewhere, cleanup leaves nothing and deletes nothing extra', async () => {
  const folder = temporaryFolder();
  const first = createWorld({ folder });
  const made = await smallWorld(first);
  for (const ImageId of [made.volumes, made.stored])
    await first.ec2().send(new EnableImageDeregistrationProtectionCommand({ ImageId }));
  const left = expected(made, await everything(first));
  await first.aws.close();
  const whole = copyOf(folder);
  const counting = failing(whole, Number.POSITIVE_INFINITY, 0);
  let confirmed = 0;
  const done = await cleanUp(whole, counting.clients, () => {
    confirmed = counting.calls();
  });
  expect(done.result.exit).toBe(0);
  expect(await everything(whole)).toEqual(left);
  const over = await cleanUp(whole);
  expect([over.result.exit, over.shown?.leftovers]).toEqual([0, []]);
  expect(counting.calls() - confirmed).toBeGreaterThan(60);
  for (let after = confirmed; after < counting.calls(); after++) {
    const sandbox = copyOf(folder);
    await cleanUp(sandbox, failing(sandbox, after, Number.POSITIVE_INFINITY).clients);
    const between = await everything(sandbox);
    const { result } = await cleanUp(sandbox);
    const said = `killed after call ${after}: ${between.join('\n')}\n${JSON.stringify(result, null, 1)}`;
    expect(await everything(sandbox), said).toEqual(left);
    expect(result.exit, said).toBe(0);
  }
});

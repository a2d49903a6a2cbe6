import { defaultAccount } from '../../../sandbox/testing/without-vitest.ts';
import type { Context } from '../../../src/aws/context.ts';
import { cleanup } from '../../../src/cleanup/cleanup.ts';
import type { CleanupPlan, CleanupResult } from '../../../src/model/events.ts';
import type { Asked } from './expected-plan.ts';
import { official, regions } from './publication.ts';

const day = 86_400_000;

/** The request, as the command passes it on. */
export function inWords({ release, olderThan, ...plain }: Asked) {
  const asked = {
    ...plain,
    only: [],
    except: [],
    ...(release === undefined ? { olderThan: (olderThan ?? 0) * day } : {}),
    guardPeriod: 30 * day,
    leftovers: false,
    orphanAge: day,
  };
  return { ...(release === undefined ? {} : { release }), asked };
}

interface Run {
  asked: Asked;
  recorded: ReadonlySet<string>;
  /** Milliseconds since 1970. */
  now: number;
  apply: boolean;
  /** Happens after the plan was shown. */
  meanwhile?: () => Promise<void>;
}

/** One run of the code under test; everything shown is approved. */
export async function cleanUp(
  { asked, recorded, now, apply, meanwhile }: Run,
  world: Context,
): Promise<{ plan: CleanupPlan; result: CleanupResult }> {
  const words = inWords(asked);
  let shown: CleanupPlan | undefined;
  const result = await cleanup(
    official,
    {
      about: {
        format: 2,
        publication: official.name,
        account: defaultAccount.id,
        endpoint: 'sandbox:test',
        createdAt: new Date(now).toISOString(),
        ...words,
      },
      regions,
      everyRegion: regions,
      closed: [],
      of: { ...words, now },
      recorded: async () => recorded,
      select: () => undefined,
      async confirm(plan) {
        shown = plan;
        await meanwhile?.();
        return apply;
      },
      approved: (plan) => plan,
      records: { write: async () => undefined },
      emit: () => undefined,
      folder: 'nowhere',
    },
    world,
  );
  if (!shown) throw new Error('no plan was shown');
  return { plan: shown, result };
}

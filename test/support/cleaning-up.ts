import type { World as Sandbox } from '../../sandbox/testing/index.ts';
import type { Clients } from '../../src/aws/connection.ts';
import { type CleanupOptions, cleanup } from '../../src/cleanup/cleanup.ts';
import type { CleanupAsked, CleanupPlan, CleanupResult } from '../../src/model/events.ts';
import { plan, region, worldOn } from './embedded.ts';
import { web } from './removal-world.ts';

const hour = 3_600_000;

interface CleaningUp {
  /** Runs while cleanup waits for the answer. */
  meanwhile?: () => Promise<unknown>;
  asked?: Partial<CleanupAsked>;
  /** Processes of this machine that are alive. */
  alive?: number[];
  clients?: Clients;
  /** Further input of the decisions. */
  of?: Partial<CleanupOptions['of']>;
  /** Gets the plan before the question. */
  show?(plan: CleanupPlan): void;
  more?: Partial<CleanupOptions>;
}

/** A cleanup of `web`, an hour from now, to which somebody says yes. */
export async function cleanUp(
  sandbox: Sandbox,
  { meanwhile, asked: chosen, alive = [], clients, of, show, more }: CleaningUp = {},
): Promise<CleanupResult> {
  const asked = {
    keepLast: 0,
    only: [],
    except: [],
    adopt: false,
    includingShared: false,
    guardPeriod: 0,
    maxDeletions: 50,
    maxShare: 1,
    leftovers: false,
    orphanAge: hour,
    ...chosen,
  };
  const now = Date.now() + hour;
  const about = { format: 2 as const, publication: 'web', account: plan.account, endpoint: 'sandbox:test' };
  return cleanup(
    web,
    {
      about: { ...about, createdAt: new Date(now).toISOString(), asked },
      regions: [region],
      everyRegion: [region],
      closed: [],
      locked: async () => new Set(),
      of: { asked, now, ...of },
      recorded: async () => new Set(),
      select: () => undefined,
      async confirm(plan) {
        show?.(plan);
        await meanwhile?.();
        return true;
      },
      approved: (all) => all,
      records: { write: async () => undefined },
      emit: () => undefined,
      folder: 'nowhere',
      ...more,
    },
    worldOn(sandbox, { alive, ...(clients ? { clients } : {}) }),
  );
}

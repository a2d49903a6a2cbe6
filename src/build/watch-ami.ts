import { isDeregistered } from '../aws/ami-states.ts';
import type { Clients } from '../aws/connection.ts';
import { consistencyPause } from '../aws/consistency-pause.ts';
import type { Context } from '../aws/context.ts';
import { findImages } from '../aws/images.ts';
import { poll } from '../lib/poll.ts';
import type { Ami } from '../model/ami.ts';
import type { RunningBuild } from '../model/builds.ts';
import type { Lookup } from '../model/lookup.ts';
import type { Target } from '../model/release-plan.ts';

/** Packer itself polls every five seconds, once per AMI. Milliseconds. */
const betweenLookups = 15_000;
/** More than elsewhere: a wrong answer would stop a good build whose AMI EC2 only failed to show for a while. */
const lookupsThatAgree = 10;

/**
 * Notices when somebody deregisters the AMI that Packer waits for: Packer 1.6.6 keeps polling for three quarters of an hour,
 * current Packer fails by itself. Only an AMI that was seen under the target's name counts, since a script may print any id.
 *
 * @returns a function that looks once in a while when it is called, and returns the id once the AMI is gone.
 */
export function amiWatcher(
  { region, amiName }: Target,
  build: Pick<RunningBuild, 'ami'>,
  context: Pick<Context, 'clients' | 'clock' | 'lag'>,
): () => Promise<string | undefined> {
  const { clients, clock } = context;
  let last: Promise<Lookup<Ami[]>> | undefined;
  let seen: string | undefined;
  const isThere = (lookup: Lookup<Ami[]>, id: string) => {
    if (!lookup.ok) return 'unknown';
    const own = lookup.value.filter((ami) => ami.id === id && ami.name === amiName);
    return own.some((ami) => !isDeregistered(ami)) ? 'exists' : 'gone';
  };
  return async () => {
    const id = await build.ami();
    if (id === undefined) return undefined;
    const shared = lookAtWaiting(region, id, context);
    if (shared === undefined || shared === last) return undefined;
    last = shared;
    let answer: Lookup<Ami[]> | undefined = await shared;
    const lookUp = async () => {
      const lookup = answer ?? (await findImages(clients, region, { owner: 'self', ids: [id] }));
      answer = undefined;
      return isThere(lookup, id);
    };
    const pace = { clock, every: consistencyPause(context, 1_000), tries: lookupsThatAgree };
    const now = await poll(pace, lookUp, (is) => seen !== id || is !== 'gone');
    if (now === 'exists') seen = id;
    return now === 'gone' && seen === id ? id : undefined;
  };
}

/** The AMIs that builds of a region wait for, and the last lookup of them. */
interface Waiting {
  /** When each AMI was last waited for. Milliseconds. */
  ids: Map<string, number>;
  look?: { at: number; of: ReadonlySet<string>; found: Promise<Lookup<Ami[]>> };
}

const waitingIn = new WeakMap<Clients, Map<string, Waiting>>();

/** One lookup for all AMIs that builds of a region wait for; undefined until the first one that includes this AMI. */
function lookAtWaiting(
  region: string,
  id: string,
  { clients, clock }: Pick<Context, 'clients' | 'clock'>,
): Promise<Lookup<Ami[]>> | undefined {
  const regions = waitingIn.get(clients) ?? new Map<string, Waiting>();
  waitingIn.set(clients, regions);
  const waiting = regions.get(region) ?? { ids: new Map<string, number>() };
  regions.set(region, waiting);
  const now = clock.now();
  waiting.ids.set(id, now);
  if (waiting.look === undefined || now >= waiting.look.at + betweenLookups) {
    const ids = [...waiting.ids].flatMap(([one, asked]) => (asked > now - betweenLookups ? one : []));
    waiting.ids = new Map(ids.map((one) => [one, waiting.ids.get(one) ?? now]));
    waiting.look = { at: now, of: new Set(ids), found: findImages(clients, region, { owner: 'self', ids }) };
  }
  return waiting.look.of.has(id) ? waiting.look.found : undefined;
}

import pLimit from 'p-limit';
import { writeTags } from '../aws/build-resources.ts';
import type { Context } from '../aws/context.ts';
import { deprecateImage } from '../aws/copies.ts';
import {
  cancelDeprecation,
  disableImage,
  enableImage,
  protectImage,
  removeTags,
  unprotectImage,
} from '../aws/image-lifecycle.ts';
import { findImages } from '../aws/images.ts';
import { poll } from '../lib/poll.ts';
import type { Ami } from '../model/ami.ts';
import { type Lookup, type LookupError, okLookup } from '../model/lookup.ts';
import { type AmiChange, amiChanges, type WantedState } from './ami-changes.ts';

/** An AMI as it was found, with its wanted state. */
export interface WantedAmi extends WantedState {
  region: string;
  target: string;
  ami: Ami;
}

export interface AmiOutcome {
  region: string;
  target: string;
  ami: string;
  /** The changes it needed; empty if it was as wanted. */
  changes: AmiChange[];
  /** Absent if AWS shows the wanted state. */
  error?: LookupError;
}

/** Calls at once in one region. */
const callsAtOnce = 4;

/** How long AWS may show the old state after a change ("Eventual consistency in the Amazon EC2 API" speaks of minutes). Milliseconds. */
const readBackLimit = 5 * 60_000;

/**
 * Brings AMIs to their wanted state: makes the changes in the order of `amiChanges`, then looks again until AWS shows them.
 * AMIs that are already as wanted are not touched. After a failed change, that AMI is not changed any further. A failure is an
 * outcome; the same call again resumes.
 */
export async function bringAmis(wanted: readonly WantedAmi[], context: Context): Promise<AmiOutcome[]> {
  const each = await Promise.all(
    [...Map.groupBy(wanted, ({ region }) => region)].map(([region, some]) =>
      bringRegion(region, some, context),
    ),
  );
  return each.flat();
}

type Working = AmiOutcome & { wanted: WantedAmi };

async function bringRegion(
  region: string,
  wanted: readonly WantedAmi[],
  context: Context,
): Promise<AmiOutcome[]> {
  const now = context.clock.now();
  const all = wanted.map(
    (one): Working => ({
      region,
      target: one.target,
      ami: one.ami.id,
      changes: amiChanges(one, one.ami, now),
      wanted: one,
    }),
  );
  const open = all.filter(({ changes }) => changes.length > 0);
  await changeTags(region, open, 'written', context);
  const limit = pLimit(callsAtOnce);
  await Promise.all(
    open.map((one) =>
      limit(async () => {
        for (const change of one.changes) {
          if (change.what === 'tag' || one.error) continue;
          const done = await makeChange(region, one.ami, change, context);
          if (!done.ok) one.error = done.error;
        }
      }),
    ),
  );
  await changeTags(region, open, 'removed', context);
  await readBack(region, open, context);
  return all.map(({ wanted: _, ...outcome }) => outcome);
}

const stopped = (region: string): LookupError => ({
  code: 'Stopped',
  message: 'the run was stopped',
  operation: 'ec2:CreateTags',
  region,
});

/** AMIs that gain or lose the same tags share one call. */
async function changeTags(
  region: string,
  open: readonly Working[],
  which: 'written' | 'removed',
  { clients, stop }: Context,
): Promise<void> {
  const tagsOf = ({ changes }: Working) =>
    changes.flatMap((one) =>
      one.what === 'tag' && (one.to === null) === (which === 'removed') ? [one] : [],
    );
  const working = open.filter((one) => one.error === undefined && tagsOf(one).length > 0);
  for (const some of Map.groupBy(working, (one) => JSON.stringify(tagsOf(one))).values()) {
    const tags = some[0] ? tagsOf(some[0]) : [];
    const ids = some.map(({ ami }) => ami);
    const pairs = tags.flatMap(({ key, to }) => (to === null ? [] : [[key, to] as const]));
    const done: Lookup<void> = stop.aborted
      ? { ok: false, error: stopped(region) }
      : which === 'written'
        ? await writeTags(clients, region, ids, Object.fromEntries(pairs))
        : await removeTags(
            clients,
            region,
            ids,
            tags.map(({ key }) => key),
          );
    if (!done.ok) for (const one of some) one.error = done.error;
  }
}

function makeChange(
  region: string,
  id: string,
  change: Exclude<AmiChange, { what: 'tag' }>,
  { clients, stop }: Context,
): Promise<Lookup<void>> {
  if (stop.aborted) return Promise.resolve({ ok: false, error: stopped(region) });
  switch (change.what) {
    case 'state':
      return (change.to === 'disabled' ? disableImage : enableImage)(clients, region, id);
    case 'deprecation':
      return change.to === null
        ? cancelDeprecation(clients, region, id)
        : deprecateImage(clients, region, id, change.to);
    case 'protection':
      return (change.to ? protectImage : unprotectImage)(clients, region, id);
  }
}

async function readBack(region: string, open: readonly Working[], context: Context): Promise<void> {
  const { clients, clock, emit, stop } = context;
  const awaited = open.filter(({ error }) => error === undefined);
  if (awaited.length === 0) return;
  const ids = awaited.map(({ ami }) => ami);
  const look = async () => {
    const found = await findImages(clients, region, { owner: 'self', ids });
    const now = new Map(found.ok ? found.value.map((ami) => [ami.id, ami]) : []);
    const differing = awaited.filter(({ ami, wanted }) => {
      const seen = now.get(ami);
      return seen === undefined || amiChanges(wanted, seen, clock.now()).length > 0;
    });
    return { found: found.ok ? okLookup(undefined) : found, differing };
  };
  const { found, differing } = await poll(
    { clock, every: 2_000, within: readBackLimit, stop },
    look,
    (answer) => answer.found.ok && answer.differing.length === 0,
    (answer) => {
      for (const { target } of answer.differing)
        emit({ type: 'waiting', target, for: 'AWS to show its new state' });
    },
  );
  for (const one of differing) {
    one.error = found.ok
      ? {
          code: 'NotSeen',
          message: `AWS accepted the change, but still shows the old state after ${readBackLimit / minute} minutes`,
          operation: 'ec2:DescribeImages',
          region,
        }
      : found.error;
  }
}

const minute = 60_000;

import type { Context } from '../aws/context.ts';
import { definedOnly } from '../lib/defined-only.ts';
import type { LifecycleChange, LifecycleOutcome } from '../model/events.ts';
import { describeLookupError, type LookupError } from '../model/lookup.ts';
import { tagKeys } from '../model/resource-names.ts';
import { isSharedTag, nameOfSharedTag } from '../model/shared-tags.ts';
import type { SeenParameter } from '../parameters/look.ts';
import { writeParameters } from '../parameters/write.ts';
import { type Destination, type Listed, recordAmis, wouldRecord } from '../record/record.ts';
import type { RecordedAmi } from '../record/recorded-ami.ts';
import { unseenPermissions } from '../share/read-back-changes.ts';
import { changePermissions } from '../share/share.ts';
import { type AmiChange, amiChanges } from './ami-changes.ts';
import { bringAmis, type WantedAmi } from './bring-amis.ts';
import type { SeenTarget } from './ready-targets.ts';

/** Changes that are made together; the next step waits for them. */
export interface Step {
  changes: LifecycleChange[];
  apply(context: Context): Promise<LifecycleOutcome[]>;
}

/** An AMI as it was found, with its wanted state and its name in messages. */
export interface WantedOfRelease extends WantedAmi {
  release: string;
  /** The release that was promoted before it. */
  before?: string;
}

const failed = (error: LookupError) => ({
  outcome: 'failed' as const,
  why: describeLookupError(error),
  failedCall: error,
});

/** Tags, dates, protection and state of AMIs. */
export function amiStep(wanted: readonly WantedOfRelease[], now: number): Step {
  const described = wanted.map((one) => ({
    one,
    changes: describeAll(one, amiChanges(one, one.ami, now)),
  }));
  const open = described.filter(({ changes }) => changes.length > 0);
  return {
    changes: open.flatMap(({ changes }) => changes),
    async apply(context) {
      const outcomes = await bringAmis(
        open.map(({ one }) => one),
        context,
      );
      const errors = new Map(outcomes.map(({ ami, error }) => [ami, error]));
      return open.flatMap(({ one, changes }) => {
        const error = errors.get(one.ami.id);
        return changes.map((change) => ({
          ...change,
          ...(error ? failed(error) : { outcome: 'done' as const }),
        }));
      });
    },
  };
}

/** Changes of shared tags count as one change, in the place of the first. */
function describeAll(of: WantedOfRelease, changes: readonly AmiChange[]): LifecycleChange[] {
  const shared = changes.flatMap((one) => (one.what === 'tag' && isSharedTag(one.key) ? [one] : []));
  return changes.flatMap((change) => {
    if (change.what !== 'tag' || !isSharedTag(change.key)) return describe(of, change);
    return change === shared[0] ? [describeShared(of, shared)] : [];
  });
}

function describeShared(
  { ami, region, target, release }: WantedOfRelease,
  shared: readonly Extract<AmiChange, { what: 'tag' }>[],
): LifecycleChange {
  const say = (value: (one: { key: string; to: string | null }) => string | null | undefined) =>
    shared
      .flatMap((one) => {
        const text = value(one) ?? undefined;
        return text === undefined ? [] : [`${nameOfSharedTag(one.key)} ${text}`];
      })
      .join(', ') || undefined;
  return {
    change: 'shared tags',
    name: ami.id,
    region,
    target,
    release,
    ...definedOnly({ from: say(({ key }) => ami.tags[key]), to: say(({ to }) => to) }),
  };
}

const tagChanges: Readonly<Record<string, LifecycleChange['change']>> = {
  [tagKeys.yanked]: 'yanked',
  [tagKeys.retired]: 'retired',
};

/** A change of an AMI, for display. Tags that only hold a time get no line of their own. */
function describe(
  { ami, region, target, release, before }: WantedOfRelease,
  change: AmiChange,
): LifecycleChange[] {
  const of = { name: ami.id, region, target, release };
  switch (change.what) {
    case 'tag': {
      const from = ami.tags[change.key];
      if (change.key === tagKeys.promoted) {
        return [{ change: 'promoted', ...of, ...definedOnly({ from: before, to: release }) }];
      }
      const kind = tagChanges[change.key] ?? 'superseded';
      return [{ change: kind, ...of, ...definedOnly({ from, to: change.to ?? undefined }) }];
    }
    case 'state':
      return [{ change: 'disabled', ...of, from: ami.state, to: change.to }];
    case 'deprecation':
      return [
        {
          change: 'deprecation',
          ...of,
          ...definedOnly({ from: ami.deprecated, to: change.to ?? undefined }),
        },
      ];
    case 'protection':
      return [
        {
          change: 'protection',
          ...of,
          from: ami.protection ?? 'disabled',
          to: change.to ? 'enabled' : 'disabled',
        },
      ];
  }
}

/**
 * The step that updates a file that lists AMIs.
 *
 * @throws ActionableError (4) if the file has the wrong format.
 */
export async function fileStep(of: Listed, ours: readonly RecordedAmi[], to: Destination): Promise<Step> {
  const { added, replaced } = await wouldRecord(ours, to);
  const change: LifecycleChange = {
    change: 'file',
    name: to.file.shown,
    to: `${replaced} replaced, ${added} added`,
  };
  return {
    changes: added + replaced === 0 ? [] : [change],
    async apply({ emit }) {
      const outcome = await recordAmis(of, ours, to, emit);
      if (outcome.is === 'recorded') return [{ ...change, outcome: 'done' }];
      return [
        {
          ...change,
          outcome: 'failed',
          why: outcome.is === 'unchanged' ? 'targets are missing' : outcome.why,
        },
      ];
    },
  };
}

/** The step that writes parameters that name AMIs. Overwrites others only if that was allowed. */
export function parameterStep(
  of: { publication: string; release: string },
  seen: readonly SeenParameter[],
  options: { takeOver: boolean },
): Step {
  const open = seen.filter(({ status }) => status.state !== 'current');
  const change = ({ wanted, status }: SeenParameter): LifecycleChange => ({
    change: 'parameter',
    name: wanted.name,
    region: wanted.region,
    target: wanted.target,
    release: of.release,
    ...definedOnly({ from: status.value, to: wanted.ami?.id }),
  });
  return {
    changes: open.map(change),
    async apply(context) {
      const wanted = open.map((one) => one.wanted);
      const outcomes = await writeParameters(of, wanted, options, context);
      return open.map((one, at) => {
        const { outcome = 'failed', why, failedCall } = outcomes[at] ?? {};
        const is =
          outcome === 'written' || outcome === 'current' ? 'done' : outcome === 'held' ? 'held' : 'failed';
        return { ...change(one), outcome: is, ...definedOnly({ why, failedCall }) };
      });
    },
  };
}

/** The step that changes the permissions of snapshots, then launch permissions. */
export function permissionStep(targets: readonly SeenTarget[], release: string): Step {
  const each = targets.flatMap(({ target, open }) => open.map((one) => ({ ...one, target })));
  const change = ({ kind, id, target }: (typeof each)[number]): LifecycleChange => ({
    change: kind === 'AMI' ? 'launch permission' : 'volume permission',
    name: id,
    region: target.region,
    target: target.name,
    release,
  });
  return {
    changes: each.map(change),
    async apply(context) {
      const failures = await changePermissions(each, context);
      const failureOf = (one: (typeof each)[number]) =>
        failures.find(({ id, target }) => id === one.id && target === one.target.name)?.error;
      const asked = each.filter((one) => failureOf(one) === undefined);
      const unseen = await unseenPermissions(asked, context);
      return each.map((one) => {
        const error = failureOf(one) ?? unseen.get(one.id);
        return { ...change(one), ...(error ? failed(error) : { outcome: 'done' as const }) };
      });
    },
  };
}

const held = (change: LifecycleChange, why: string): LifecycleOutcome => ({
  ...change,
  outcome: 'held',
  why,
});

/**
 * Makes the changes, step by step. If a change of a required target fails, the later steps are not run; the same command again
 * resumes.
 *
 * @param optional targets of best-effort regions, whose failures stop nothing.
 */
export async function applySteps(
  steps: readonly Step[],
  optional: ReadonlySet<string>,
  context: Context,
): Promise<LifecycleOutcome[]> {
  const outcomes: LifecycleOutcome[] = [];
  for (const step of steps) {
    if (step.changes.length === 0) continue;
    const against = outcomes.find(
      ({ outcome, target }) => outcome !== 'done' && !(target !== undefined && optional.has(target)),
    );
    if (context.stop.aborted || against) {
      const why = against ? `${against.change} of ${against.name} was not changed` : 'the run was stopped';
      outcomes.push(...step.changes.map((change) => held(change, why)));
    } else outcomes.push(...(await step.apply(context)));
  }
  return outcomes;
}

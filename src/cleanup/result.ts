import { bundleIdOf } from '../instance-store/stored-bundle.ts';
import { exitStatus } from '../lib/actionable-error.ts';
import { definedOnly } from '../lib/defined-only.ts';
import type { AmiUse, CleanedAmi, CleanupPlan, CleanupResult, PlannedAmi } from '../model/events.ts';
import { type AmiOutcome, type Leftover, type Outcome, remains } from '../model/resource.ts';
import { toChange } from './plan.ts';
import { type Usage, usersInWords } from './usage.ts';

/** The outcome of everything that a stopped run did not reach. */
export const notStarted = remains('it was not started');

/** The outcome of a region's part of the plan. */
export interface CleanedRegion {
  /** By AMI id. An AMI that is missing here was not started. */
  amis: ReadonlyMap<string, AmiOutcome>;
  leftovers: readonly (Leftover & Outcome)[];
}

export interface Cleaned {
  applied: boolean;
  stopped: boolean;
  regions: ReadonlyMap<string, CleanedRegion>;
  /** Other accounts that use AMIs. */
  usage?: Usage;
  folder: string;
}

/** The result of a plan, and the exit status: 1 if less was done than was requested and decided. Pure. */
export function cleanupResult(plan: CleanupPlan, cleaned: Cleaned): CleanupResult {
  const { applied, stopped, regions, usage, folder } = cleaned;
  const amis = [
    ...toChange(plan).map((one) => withUse(cleanedAmi(one, applied, regions.get(one.region)), usage)),
    ...plan.amis.filter(isKeptInTheEnd).map((one) => ({
      ...aboutAmi(one),
      outcome: 'kept' as const,
      ...keptBecause(one),
      ...definedOnly({ usedBy: usedBy(one, usage) }),
      parts: [],
    })),
  ];
  const leftovers = applied
    ? [...regions.values()].flatMap((region) => region.leftovers)
    : plan.leftovers.map((one) => ({ ...one, outcome: 'planned' as const }));
  const parts = amis.flatMap((ami) => ami.parts);
  const gone = (all: readonly Pick<CleanedAmi, 'outcome'>[]) =>
    all.filter(({ outcome }) => outcome === 'removed').length;
  const ofKind = (kind: string) => parts.filter((part) => part.kind === kind);
  const { publication, release, account, endpoint, unseen } = plan;
  const result: Omit<CleanupResult, 'exit'> = {
    type: 'result',
    format: 2,
    command: 'cleanup',
    publication,
    ...definedOnly({ release }),
    account,
    endpoint,
    applied,
    amis,
    leftovers,
    unseen,
    removed: {
      amis: gone(amis),
      snapshots: gone(ofKind('snapshot')),
      bundles: gone(ofKind('bundle')),
      buckets: gone(leftovers.filter(({ kind }) => kind === 'bucket')),
      leftovers: gone(leftovers.filter(({ kind }) => kind !== 'bucket')),
    },
    folder,
    next: [],
  };
  return { ...result, exit: cleanupExit(result, stopped) };
}

function cleanupExit(result: Omit<CleanupResult, 'exit'>, stopped: boolean): CleanupResult['exit'] {
  const { applied, amis, leftovers, unseen } = result;
  if (stopped) return exitStatus.interrupted;
  const all: Pick<CleanedAmi, 'outcome'>[] = [...amis, ...amis.flatMap(({ parts }) => parts), ...leftovers];
  const remains = applied && all.some(({ outcome }) => outcome === 'remains');
  const isShort = applied && amis.some(({ outcome, usedBy }) => outcome === 'kept' && !usedBy);
  if (remains || isShort || unseen.some(({ bestEffort }) => !bestEffort)) return exitStatus.failed;
  return unseen.length > 0 ? exitStatus.partial : exitStatus.done;
}

/** Kept only by a guard, or because others use it; it would have been deleted otherwise. */
const isKeptInTheEnd = ({ reasons }: PlannedAmi): boolean =>
  reasons.some(({ reason }) => reason === 'guard' || reason === 'used by others');

const usedBy = ({ ami }: { ami: string }, usage: Usage = new Map()): AmiUse[] | undefined => {
  const uses = usage.get(ami);
  return uses && [...uses];
};

function withUse(one: CleanedAmi, usage: Usage | undefined): CleanedAmi {
  const uses = usedBy(one, usage);
  return uses === undefined
    ? one
    : { ...one, usedBy: uses, why: one.why ?? `it was in use by ${usersInWords(uses)}` };
}

const aboutAmi = ({ region, ami, name, target, release }: PlannedAmi) => ({
  region,
  ami,
  name,
  ...definedOnly({ target, release }),
});

const keptBecause = ({ reasons }: PlannedAmi) => ({ why: reasons.map(({ said }) => said).join('; ') });

function cleanedAmi(planned: PlannedAmi, applied: boolean, region: CleanedRegion | undefined): CleanedAmi {
  const about = aboutAmi(planned);
  if (!applied) return { ...about, outcome: 'planned', parts: plannedParts(planned) };
  return { ...about, ...(region?.amis.get(planned.ami) ?? { ...notStarted, parts: [] }) };
}

const plannedParts = ({ snapshots, bundle }: PlannedAmi): CleanedAmi['parts'] => [
  ...snapshots.map((id) => ({ kind: 'snapshot' as const, id, outcome: 'planned' as const })),
  ...(bundle === undefined
    ? []
    : [{ kind: 'bundle' as const, id: bundleIdOf(bundle), outcome: 'planned' as const }]),
];

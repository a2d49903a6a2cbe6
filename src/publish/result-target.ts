import type { BuildOutcome } from '../build/build.ts';
import { definedOnly } from '../lib/defined-only.ts';
import type { Audience, ResultTarget, TargetError } from '../model/events.ts';
import { isEmpty, nobody } from '../model/permission.ts';
import type { Plan } from '../model/release-plan.ts';
import { isMixed } from '../model/status.ts';
import { madeWith } from '../observe/created-snapshots.ts';
import { isVerified, type Verdict } from '../observe/verify.ts';
import { takenFrom } from '../share/revoked-access.ts';
import type { ShareFailure } from '../share/share.ts';
import { adviceFor } from './error-advice.ts';
import { why } from './plan-summary.ts';

/** What came of one target: how it stands, and what is wrong with it. Pure. */
export function resultTarget(
  plan: Plan,
  verdict: Verdict,
  outcome: BuildOutcome | undefined,
  failures: readonly ShareFailure[],
  stopped: boolean,
): ResultTarget {
  const { target, standing, sighting } = verdict;
  const stillOpenTo = takenFrom(verdict, plan);
  const error = withAdvice(targetError(verdict, outcome, failures, stopped, stillOpenTo), target.region);
  const failed = error !== undefined && (standing.is === 'absent' || standing.is === 'failed');
  const amis = sighting.images.ok ? sighting.images.value.map(({ ami }) => ami) : [];
  const ami = 'ami' in standing ? standing.ami : amis[0];
  const open = standing.is === 'shared' ? [] : openSnapshots(sighting);
  return {
    name: target.name,
    region: target.region,
    standing: failed ? 'failed' : standing.is,
    ...definedOnly({ bestEffort: !target.required || undefined, ami: ami?.id, snapshots: ami?.snapshots }),
    ...definedOnly({
      openSnapshots: open.length > 0 ? open : undefined,
      stillOpenTo,
      mixed: isMixed(standing) || undefined,
    }),
    attempts: outcome?.attempts ?? 0,
    seconds: Math.round((outcome?.seconds ?? 0) * 10) / 10,
    ...definedOnly({ error, log: outcome?.log || undefined }),
  };
}

/** Snapshots are shared before AMIs: where that stops in between, somebody may copy what nobody may launch. */
function openSnapshots({ images }: Verdict['sighting']): string[] {
  return (images.ok ? images.value : []).flatMap((image) => {
    const { details } = image;
    const permissions = details?.ok ? details.value.createVolumePermission : {};
    return madeWith(image).filter((id) => !isEmpty(permissions[id] ?? nobody));
  });
}

function withAdvice(error: TargetError | undefined, region: string): TargetError | undefined {
  const advice = error && adviceFor(error.message, region);
  return advice ? { ...error, message: `${error.message.replace(/\.$/, '')}. ${advice}` } : error;
}

function targetError(
  { target, standing, sighting }: Verdict,
  outcome: BuildOutcome | undefined,
  failures: readonly ShareFailure[],
  stopped: boolean,
  stillOpenTo: Audience | undefined,
): TargetError | undefined {
  const kept = outcome?.kept[0];
  if (kept) {
    const { resource, error } = kept;
    return {
      kind: 'leftover',
      message: `${resource.kind} ${resource.id} could not be removed: ${error.code}: ${error.message}`,
    };
  }
  const unshared = failures.find((failure) => failure.target === target.name);
  if (unshared) {
    const { id, error } = unshared;
    const failed = stillOpenTo ? 'could not be taken away from all who may use it' : 'could not be shared';
    return { kind: 'sharing', message: `${id} ${failed}: ${error.code}: ${error.message}` };
  }
  const message = why(standing);
  if (!isVerified(standing)) {
    const failure = outcome?.failure;
    if (failure && (failure.kind !== 'other' || message === undefined)) return failure;
    if (message === undefined && stopped) return undefined;
    return { kind: standing.is, message: message ?? unfinished[standing.is] ?? `it is ${standing.is}` };
  }
  return stopped ? undefined : leftBehind(sighting);
}

const unfinished: Partial<Record<Verdict['standing']['is'], string>> = {
  absent: 'there is no such AMI',
  pending: 'EC2 has not finished it; the same command goes on waiting',
  built: 'its snapshots are not completed; the same command goes on waiting',
};

/** It came to light only after the builds, or is not known: then the release is not complete, and this says why. */
function leftBehind({ leftovers }: Verdict['sighting']): TargetError | undefined {
  if (!leftovers.ok) {
    const { operation, code, message } = leftovers.error;
    return {
      kind: 'leftover',
      message: `what builds left behind could not be looked at: ${operation}: ${code}: ${message}`,
    };
  }
  if (leftovers.value.length === 0) return undefined;
  const named = leftovers.value.map(({ kind, id }) => `${kind} ${id}`).join(', ');
  return { kind: 'leftover', message: `a build left something behind, which the next run removes: ${named}` };
}

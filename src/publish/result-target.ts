import type { BuildOutcome } from '../build/build.ts';
import { definedOnly } from '../lib/defined-only.ts';
import type { Audience, ResultTarget, TargetError } from '../model/events.ts';
import { describeLookupError } from '../model/lookup.ts';
import { isEmpty, nobody } from '../model/permission.ts';
import type { ReleasePlan, Target } from '../model/release-plan.ts';
import { failedCallOf, isMixed } from '../model/status.ts';
import { createdSnapshots } from '../observe/created-snapshots.ts';
import { isVerified, type Verdict } from '../observe/verify.ts';
import { revokedAccess } from '../share/revoked-access.ts';
import type { ShareFailure } from '../share/share.ts';
import { isOfCheck } from './checks.ts';
import { adviceFor } from './error-advice.ts';
import { explainStatus } from './plan-summary.ts';

/** The result of one target: its status, and its errors. Pure. */
export function resultTarget(
  plan: ReleasePlan,
  verdict: Verdict,
  outcome: BuildOutcome | undefined,
  failures: readonly ShareFailure[],
  stopped: boolean,
): ResultTarget {
  const { target, status, sighting } = verdict;
  const stillOpenTo = revokedAccess(verdict, plan);
  const error = errorWithAdvice(targetError(verdict, outcome, failures, stopped, stillOpenTo), target);
  const failed = error !== undefined && (status.is === 'absent' || status.is === 'failed');
  const amis = sighting.images.ok ? sighting.images.value.map(({ ami }) => ami) : [];
  const ami = 'ami' in status ? status.ami : amis[0];
  const open = status.is === 'shared' ? [] : openSnapshots(sighting);
  return {
    name: target.name,
    region: target.region,
    status: failed ? 'failed' : status.is,
    ...definedOnly({ bestEffort: !target.required || undefined, ami: ami?.id, snapshots: ami?.snapshots }),
    ...definedOnly({
      openSnapshots: open.length > 0 ? open : undefined,
      stillOpenTo,
      mixed: isMixed(status) || undefined,
    }),
    attempts: outcome?.attempts ?? 0,
    seconds: Math.round((outcome?.seconds ?? 0) * 10) / 10,
    ...definedOnly({ error, log: outcome?.log || undefined }),
  };
}

/** Snapshots are shared before AMIs: if sharing stops in between, others can copy an AMI that they cannot launch. */
function openSnapshots({ images }: Verdict['sighting']): string[] {
  return (images.ok ? images.value : []).flatMap((image) => {
    const { details } = image;
    const permissions = details?.ok ? details.value.createVolumePermission : {};
    return createdSnapshots(image).filter((id) => !isEmpty(permissions[id] ?? nobody));
  });
}

function errorWithAdvice(error: TargetError | undefined, target: Target): TargetError | undefined {
  const advice = error && adviceFor(error.message, target.region, target);
  return advice ? { ...error, message: `${error.message.replace(/\.$/, '')}. ${advice}` } : error;
}

function targetError(
  { target, status, sighting }: Verdict,
  outcome: BuildOutcome | undefined,
  failures: readonly ShareFailure[],
  stopped: boolean,
  stillOpenTo: Audience | undefined,
): TargetError | undefined {
  const remaining = outcome?.remaining[0];
  if (remaining) {
    const { kind, id, why } = remaining;
    return { kind: 'leftover', message: `${kind} ${id} could not be removed: ${why}` };
  }
  const unshared = failures.find((failure) => failure.target === target.name);
  if (unshared) {
    const { id, error } = unshared;
    const failed = stillOpenTo ? 'could not be revoked from everyone who may use it' : 'could not be shared';
    return {
      kind: 'sharing',
      message: `${id} ${failed}: ${error.code}: ${error.message}`,
      ...(isOfCheck(error) ? {} : { failedCall: error }),
    };
  }
  const message = explainStatus(status);
  if (!isVerified(status)) {
    const failure = outcome?.failure;
    const unknown = outcome?.status.is === 'unknown' ? describeLookupError(outcome.status.error) : undefined;
    if (failure && (failure.kind !== 'other' || message === undefined))
      return unknown === undefined
        ? failure
        : { ...failure, message: withoutRetry(failure.message, unknown) };
    if (message === undefined && outcome?.status.is === 'unknown' && unknown !== undefined)
      return { kind: 'unknown', message: notBuilt(unknown), failedCall: outcome.status.error };
    if (message === undefined && stopped) return undefined;
    return {
      kind: status.is,
      message: message ?? unfinished[status.is] ?? `it is ${status.is}`,
      ...definedOnly({ failedCall: failedCallOf(status) }),
    };
  }
  return stopped ? undefined : leftoversError(sighting);
}

/** By now it may be known what exists; it was not when the target was to be built. */
const notBuilt = (unknown: string) => `not built, since the lookup of what exists failed: ${unknown}`;

const withoutRetry = (failure: string, unknown: string) =>
  `${failure.replace(/\.$/, '')}. Not retried, since the lookup of what exists failed: ${unknown}`;

const unfinished: Partial<Record<Verdict['status']['is'], string>> = {
  absent: 'there is no such AMI',
  pending: 'EC2 has not finished it; run the same command again to keep waiting',
  built: 'its snapshots are not completed; run the same command again to keep waiting',
};

/** Leftovers found only after the builds, or a failed lookup of them: the release is not complete then, and this says why. */
function leftoversError({ leftovers }: Verdict['sighting']): TargetError | undefined {
  if (!leftovers.ok) {
    const said = describeLookupError(leftovers.error);
    return {
      kind: 'leftover',
      message: `the lookup of leftovers failed: ${said}`,
      failedCall: leftovers.error,
    };
  }
  if (leftovers.value.length === 0) return undefined;
  const named = leftovers.value.map(({ kind, id }) => `${kind} ${id}`).join(', ');
  return { kind: 'leftover', message: `a build left resources behind, which the next run removes: ${named}` };
}

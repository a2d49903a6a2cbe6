import type { Context } from '../aws/context.ts';
import type { CheckContext } from '../checks/check.ts';
import { concerns, type Finding, isTrouble, type Refused, type Trouble } from '../checks/finding.ts';
import { openSshCheck } from '../checks/open-ssh.ts';
import type { RegionWork, TimedCopy } from '../checks/region-work.ts';
import { runChecks } from '../checks/run-checks.ts';
import { ActionableError } from '../lib/actionable-error.ts';
import { definedOnly } from '../lib/defined-only.ts';
import { groupRegions, placeOfTrouble } from '../lib/group-regions.ts';
import { isObject } from '../lib/is-object.ts';
import type { Checks, EventSink } from '../model/events.ts';
import type { LookupError } from '../model/lookup.ts';
import type { Json } from '../model/publication.ts';
import type { ReleasePlan, Target } from '../model/release-plan.ts';
import type { AmiDetails } from '../model/sighting.ts';
import { ubuntuRelease } from '../model/ubuntu.ts';
import { createdSnapshots } from '../observe/created-snapshots.ts';
import { isPrivate } from '../observe/permission-changes.ts';
import { isComplete, isVerified, type Verdict } from '../observe/verify.ts';
import { excludeTargets } from '../plan/exclude-targets.ts';
import type { ShareFailure } from '../share/share.ts';
import { mayShare } from './affected-targets.ts';

/** The result of the checks before a build. */
export interface Checked {
  /** The plan without best-effort targets that AWS would refuse to build or share as configured. */
  plan: ReleasePlan;
  verdicts: Verdict[];
  findings: Finding[];
  checks: Checks;
  /** Refusals that affect required targets. */
  refused: Refused[];
  /** Failed lookups of checks that affect required targets. */
  unknown: Trouble[];
  /** The number of concurrent builds in regions that do not have room for all. */
  buildsAtOnce: ReadonlyMap<string, number>;
}

/**
 * Asks AWS whether it would accept what this run wants to build and share. Asks all regions and reports all findings at once;
 * for a private release, asks only what its builds depend on. A selection that leaves required targets unbuilt shares nothing,
 * so a refusal to share is only a warning then.
 *
 * @param more `others`: checks that do not ask AWS, made at the same time. `evenBuilt`: as if nothing had been built yet.
 * `atOnce`: how many builds the run would have at once in a region.
 */
export async function checkBeforeBuilding(
  { plan, verdicts }: { plan: ReleasePlan; verdicts: readonly Verdict[] },
  chosen: ReadonlySet<string>,
  context: CheckContext,
  {
    others,
    evenBuilt = false,
    atOnce = usuallyAtOnce,
  }: { others?: () => Promise<readonly Finding[]>; evenBuilt?: boolean; atOnce?: number } = {},
): Promise<Checked> {
  const works = regionWorks(plan, verdicts, chosen, { atOnce, evenBuilt });
  const findings = (await Promise.all([runChecks(works, context), others?.() ?? []])).flat();
  const shares = mayShare(verdicts, chosen);
  const reported = findings.map((finding) => (shares ? finding : warningUnlessSharing(finding)));
  const troubles = reported.filter(isTrouble);
  const refusals = troubles.filter((trouble) => trouble.is === 'refused');
  const isOut = (verdict: Verdict) =>
    !verdict.target.required && !isComplete(verdict, plan) && against(verdict.target, refusals) !== undefined;
  const without = verdicts.filter(isOut).map(({ target }) => {
    const { name, region, image } = target;
    return { name, region, image, why: describeTrouble(against(target, refusals)) };
  });
  const isRequired = (trouble: Trouble) =>
    verdicts.some(({ target }) => target.required && concerns(trouble, target));
  return {
    plan: excludeTargets(plan, without),
    verdicts: verdicts.filter((verdict) => !isOut(verdict)),
    findings: reported,
    checks: checksOf(reported),
    refused: refusals.filter(isRequired),
    unknown: troubles.filter((trouble) => trouble.is === 'unknown' && isRequired(trouble)),
    buildsAtOnce: fewestAtOnce(troubles),
  };
}

/** The lowest of several limits in a region. Pure. */
function fewestAtOnce(troubles: readonly Trouble[]): ReadonlyMap<string, number> {
  const limits = troubles.flatMap((trouble): [string, number][] =>
    trouble.is === 'warning' && trouble.region !== undefined && trouble.buildsAtOnce !== undefined
      ? [[trouble.region, trouble.buildsAtOnce]]
      : [],
  );
  // For equal keys the last one wins.
  return new Map(limits.toSorted(([, one], [, other]) => other - one));
}

/** The findings as shown and written. Pure. */
export function checksOf(findings: readonly Finding[]): Checks {
  const passed = findings.filter(({ is }) => is === 'ok');
  return {
    ok: passed.length,
    passed: passed.map(({ check, region, place, targets }) => ({
      check,
      ...definedOnly({ region, place, targets }),
    })),
    troubles: findings.filter(isTrouble).map(shown),
  };
}

function shown(trouble: Trouble): Checks['troubles'][number] {
  const { stops: _, ...rest } = trouble;
  if (!('buildsAtOnce' in rest)) return rest;
  const { buildsAtOnce: __, ...others } = rest;
  return others;
}

/** @throws ActionableError (4) if AWS would refuse something later. Lists all findings. */
export function refuseByChecks(refused: readonly Refused[]): void {
  const [first] = refused;
  if (first === undefined) return;
  throw new ActionableError(
    first.code,
    refused.map((trouble) => ({
      code: trouble.code,
      place: placeOfTrouble(trouble),
      expected: trouble.expected,
      found: trouble.found,
      advice: trouble.todo,
    })),
    {
      before: refused.every(({ code }) => code.startsWith('git-'))
        ? 'Nothing was built: the git repository is not as the config requires.'
        : 'Nothing was built: AWS would refuse what this config asks for.',
      lines: groupRegions(refused).map(({ said, todo }) => `  ${said}\n    ${todo}`),
      after: 'Fix this, then run the same command again.',
    },
  );
}

/** Warns about what may fail later but does not block the run, except Packer's own default, which `plan` and `doctor` show. */
export function warnOfChecks({ troubles }: Checks, emit: EventSink): void {
  for (const { said, todo } of groupRegions(
    troubles.filter(({ is, check }) => is === 'unknown' || (is === 'warning' && check !== openSshCheck)),
  )) {
    emit({ type: 'warning', text: `${said}. ${todo}` });
  }
}

/** Codes of errors that come from a check's finding, not from a call. */
const checkCodes = { unknown: 'CheckUnknown', refused: 'CheckRefused' };

export const isOfCheck = ({ code }: LookupError): boolean => Object.values(checkCodes).includes(code);

/**
 * Checks again right before sharing, since hours may have passed: a refusal halfway is found before the first permission
 * changes, and an unknown is not a yes. If a required target is refused or unknown, nothing may be shared anywhere.
 */
export async function checkBeforeSharing(
  plan: ReleasePlan,
  verdicts: readonly Verdict[],
  context: Context,
): Promise<{ may: Verdict[]; failures: ShareFailure[] }> {
  if (isPrivate(plan.sharing)) return { may: [...verdicts], failures: [] };
  const findings = await runChecks(regionWorks(plan, verdicts, new Set()), context);
  const troubles = findings.filter(isTrouble).filter(({ is }) => is === 'refused' || is === 'unknown');
  const held = verdicts.filter(
    (verdict) => !isComplete(verdict, plan) && against(verdict.target, troubles) !== undefined,
  );
  const failures = held.map(({ target, status }) => {
    const trouble = against(target, troubles);
    return {
      target: target.name,
      id: 'ami' in status ? status.ami.id : target.amiName,
      error: {
        code: trouble?.is === 'unknown' ? checkCodes.unknown : checkCodes.refused,
        message: `${describeTrouble(trouble)}. ${trouble?.todo ?? ''}`,
        operation: trouble?.check ?? '',
        region: target.region,
      },
    };
  });
  const stopsAll = held.some(({ target }) => target.required);
  return { may: stopsAll ? [] : verdicts.filter((verdict) => !held.includes(verdict)), failures };
}

/** This run's work in each region, as far as checks depend on it. Pure. */
export function regionWorks(
  { sharing, account, release }: Pick<ReleasePlan, 'sharing' | 'account' | 'release'>,
  verdicts: readonly Verdict[],
  building: ReadonlySet<string>,
  { atOnce = usuallyAtOnce, evenBuilt = false } = {},
): RegionWork[] {
  return [...Map.groupBy(verdicts, ({ target }) => target.region)].map(([region, some]) => {
    const opened = sharing.public ? some : [];
    const onEbs = (sharing.snapshots ? opened : []).filter(isOnEbs);
    const toMake = some.filter(
      (verdict) => building.has(verdict.target.name) && (evenBuilt || isMissing(verdict)),
    );
    const toBuild = toMake.filter(({ target }) => target.copy === undefined);
    const withoutTokens = toBuild.filter(asksWithoutToken);
    const byDefault = withoutTokens.filter((verdict) => !setsTokens(verdict));
    return {
      region,
      account,
      release,
      atOnce,
      sharing,
      isLast: building.size === 0,
      toBuild: toBuild.map(({ target }) => target),
      toCopy: toMake.flatMap(({ target }) => (target.copy ? [target] : [])),
      toOpen: isPrivate(sharing)
        ? []
        : some.flatMap(({ target, status }) => (status.is === 'verified' ? [target] : [])),
      toRemove: new Set(toBuild.flatMap((verdict) => [...leftoverIds(verdict), ...ownAmi(verdict)])),
      ...definedOnly({
        toShare: isPrivate(sharing) || building.size === 0 ? undefined : some.flatMap(unshared)[0],
      }),
      toBuildOnEbs: isPrivate(sharing) ? 0 : toMake.filter(isLeftToAccount).length,
      withoutTokens: withoutTokens.length,
      withoutTokensByDefault: byDefault.length,
      bundledWithoutTokens: byDefault.filter((verdict) => !isOnEbs(verdict)).length,
      toMakePublic: opened.filter((verdict) => !amisOf(verdict).some(({ ami }) => ami.public)).length,
      withPublicSnapshots: onEbs.length,
      snapshotsToMakePublic: onEbs.filter((verdict) => !areSnapshotsPublic(verdict)).length,
      encryptedSnapshots: opened.flatMap(encryptedSnapshots),
      ...definedOnly({ timedCopies: timedCopiesOf(toMake) }),
    };
  });
}

function timedCopiesOf(toMake: readonly Verdict[]): TimedCopy[] | undefined {
  const timed = toMake.flatMap(({ target: { copy, packer } }): TimedCopy[] =>
    copy?.within === undefined
      ? []
      : [{ from: copy.region, minutes: copy.within, gibibytes: volumesIn(packer.options) }],
  );
  return timed.length === 0 ? undefined : timed;
}

/** Sizes of the volumes that a builder is launched with, in GiB, if its options name them. */
function volumesIn({ launch_block_device_mappings: mappings }: Record<string, Json>): number[] {
  const all = Array.isArray(mappings) ? mappings : [];
  return all.flatMap((mapping) =>
    isObject(mapping) && typeof mapping.volume_size === 'number' ? mapping.volume_size : [],
  );
}

/** As many builds per region as `publish` runs by default (`--parallel-per-region`), for commands that do not build. */
const usuallyAtOnce = 4;

const leftoverIds = ({ sighting: { leftovers } }: Verdict): string[] =>
  leftovers.ok ? leftovers.value.map(({ id }) => id) : [];

/** An existing AMI of the target has its name by right. */
const ownAmi = ({ status }: Verdict): string[] => ('ami' in status ? [status.ami.id] : []);

function unshared(verdict: Verdict): { ami: string; snapshot?: string }[] {
  const { status } = verdict;
  if (status.is !== 'verified') return [];
  return [{ ami: status.ami.id, ...definedOnly({ snapshot: status.ami.snapshots[0] }) }];
}

const isOnEbs = ({ target }: Verdict) => target.expect.rootDevice === 'ebs';

/** Whether EBS encryption by default decides which key encrypts it. */
const isLeftToAccount = (verdict: Verdict): boolean =>
  isOnEbs(verdict) && verdict.target.encryption === undefined;

/** Whether the builder uses IMDSv1: the AMI tools run on it, or its Ubuntu is older than session tokens (November 2019). */
const asksWithoutToken = (verdict: Verdict): boolean =>
  !isOnEbs(verdict) || Number(ubuntuRelease(verdict.target.base)) <= 14.04;

/**
 * Whether the config sets `http_tokens` for the target's builder. With amazon-instance the setting never reaches EC2: the
 * builder accepts `metadata_options` and sends none of it (seen with the amazon plugin 1.8.2).
 */
function setsTokens(verdict: Verdict): boolean {
  const { metadata_options: metadata } = verdict.target.packer.options;
  return isOnEbs(verdict) && typeof metadata === 'object' && metadata !== null && 'http_tokens' in metadata;
}

const amisOf = ({ sighting: { images } }: Verdict) => (images.ok ? images.value : []);

const isMissing = ({ status }: Verdict) => !('ami' in status);

function areSnapshotsPublic(verdict: Verdict): boolean {
  const amis = amisOf(verdict);
  return (
    amis.length > 0 &&
    amis.every(
      (image) =>
        image.details?.ok &&
        permissionsOf(image.details.value, createdSnapshots(image)).every((permission) => permission?.public),
    )
  );
}

const permissionsOf = ({ createVolumePermission }: AmiDetails, snapshots: readonly string[]) =>
  snapshots.map((id) => createVolumePermission[id]);

function encryptedSnapshots(verdict: Verdict): string[] {
  if (!isVerified(verdict.status)) return [];
  return amisOf(verdict).flatMap(({ details }) =>
    details?.ok ? details.value.snapshots.flatMap(({ id, encrypted }) => (encrypted ? [id] : [])) : [],
  );
}

function warningUnlessSharing(finding: Finding): Finding {
  if (finding.is !== 'refused' || finding.stops !== 'sharing') return finding;
  const { code: _, ...rest } = finding;
  return { ...rest, is: 'warning' };
}

const against = (target: Target, troubles: readonly Trouble[]) =>
  troubles.find((trouble) => concerns(trouble, target));

const describeTrouble = (trouble: Trouble | undefined): string =>
  trouble === undefined ? '' : `${trouble.check}: expected ${trouble.expected}, found ${trouble.found}`;

import type { Context } from '../aws/context.ts';
import { ActionableError } from '../lib/actionable-error.ts';
import { definedOnly } from '../lib/defined-only.ts';
import type { AdvisedCommand } from '../model/advised-command.ts';
import type { ComparedRelease, Finding, Unseen } from '../model/events.ts';
import { retiredBy, saidOfRelease, type Yanked, yankedBy, yankedWords } from '../model/lifecycle-tags.ts';
import { describeLookupError, type LookupError } from '../model/lookup.ts';
import type { Publication, Sharing } from '../model/publication.ts';
import type { ReleaseAmi } from '../model/release-ami.ts';
import { lookUpParameters, type SeenParameter } from '../parameters/look.ts';
import { type Destination, wouldRecord } from '../record/record.ts';
import { lookUpBasesOf } from './base-images.ts';
import { type ComparedTarget, comparedByTags } from './compared-target.ts';
import {
  baseFindings,
  parameterFindings,
  recordFindings,
  releaseFindings,
  targetFindings,
  wasPublished,
  yankFindings,
} from './findings.ts';
import { allOf, type FoundAmis, parametersNaming, unseenRegions } from './promotion.ts';
import { type PromotionStatus, promotionStatusOf, rivalsOf } from './promotion-status.ts';
import { type ConfiguredTarget, lookAtTargets } from './ready-targets.ts';
import { recordedByTags } from './recorded-by-tags.ts';
import { sharedStatusAt } from './shared-status.ts';
import type { AmiInUse } from './stranger.ts';
import { planWithdrawal } from './withdrawal.ts';

/** The config of one of the releases, with its version. */
export interface ReleaseConfig {
  publication: Publication;
  sharing: Sharing;
  recordTo: readonly Destination[];
}

export interface ToCompare {
  /** The config of the requested release. */
  publication: Publication;
  release: string;
  version: string;
  account: string;
  /** Whether the other published releases are compared as well. */
  others: boolean;
  /** The selected targets of the config. */
  targets: readonly ConfiguredTarget[];
  /** The names of all targets of the config; absent: only the selected ones are shown. */
  configured?: ReadonlySet<string>;
  /** The requested release as its plan sees it; absent: it is looked up by the tags of its AMIs. */
  planned?: { targets: readonly ComparedTarget[]; parameters: readonly SeenParameter[] };
  /** The config of a release. Throws an ActionableError if that release could not be published with it. */
  configOf(version: string): ReleaseConfig;
  isCandidate(version: string): boolean;
}

export interface Compared {
  /** The requested release's targets, as far as its plan does not have them. */
  targets: ComparedRelease['targets'];
  parameters: readonly SeenParameter[];
  others: ComparedRelease[];
  findings: Finding[];
  unseen: Unseen[];
  /** The AMIs that users should use. */
  inUse: AmiInUse[];
}

/** A release of the publication, as found in AWS. */
interface FoundRelease {
  release: string;
  version: string;
  amis: readonly ReleaseAmi[];
}

/** What is known of all releases while one is compared. */
interface Known {
  found: FoundAmis;
  /** Whether records follow a release at a target. Candidates have their own records. */
  follows(release: string, version: string, target: string): boolean;
  promotionStatus: ReadonlyMap<string, ReadonlyMap<string, PromotionStatus>>;
  /** Whether users should use it now. */
  isCurrent(release: string): boolean;
}

interface OneCompared {
  shown: ComparedRelease['targets'];
  compared: readonly ComparedTarget[];
  parameters: readonly SeenParameter[];
  findings: Finding[];
  unseen: Unseen[];
  inUse: AmiInUse[];
}

/**
 * Compares releases with the config: by the changes that promote, yank and publish would make. Changes nothing.
 *
 * @param found the AMIs of the publication, by region.
 */
export async function compareReleases(of: ToCompare, found: FoundAmis, context: Context): Promise<Compared> {
  const releases = releasesIn(allOf(found));
  const asked = releases.find(({ release }) => release === of.release);
  const published = releases.filter(({ amis }) => amis.some(({ ami }) => wasPublished(ami)));
  const rest = of.others ? published.filter(({ release }) => release !== of.release) : [];
  const known = { found, ...standing(of, releases, allOf(found), context.command) };
  const own = asked ?? { release: of.release, version: of.version, amis: [] };
  const first = await compareOne(of, own, known, context);
  const others: (OneCompared & { release: string })[] = [];
  for (const one of rest)
    others.push({ release: one.release, ...(await compareOne(of, one, known, context)) });
  // A version without any AMI has no differences as long as an older one is in use.
  const isBegun = asked !== undefined || rest.length === 0;
  const promotionStatus = of.publication.record ? known.promotionStatus.get(of.release) : undefined;
  const whole = yankOf(own)
    ? []
    : releaseFindings(of.release, first.compared, promotionStatus, context.command);
  const isMissing = whole.some(({ code }) => code === 'release-missing');
  const ownFindings = [
    ...whole,
    ...first.findings.filter(({ code }) => !isMissing || code !== 'ami-missing'),
  ];
  return {
    targets: first.shown,
    parameters: first.parameters,
    others: others.map(({ release, shown }) => ({ release, targets: shown })),
    findings: [...(isBegun ? ownFindings : []), ...others.flatMap(({ findings }) => findings)],
    unseen: [
      ...unseenRegions(found).map(({ region, why, error }) => ({
        place: region,
        region,
        why,
        failedCall: error,
      })),
      ...first.unseen,
      ...others.flatMap(({ unseen }) => unseen),
    ],
    inUse: [...first.inUse, ...others.flatMap(({ inUse }) => inUse)],
  };
}

/** Newest first. */
function releasesIn(all: readonly ReleaseAmi[]): FoundRelease[] {
  const begun = ({ amis }: FoundRelease) => amis.map(({ ami }) => ami.created).sort()[0] ?? '';
  return [...Map.groupBy(all, ({ release }) => release)]
    .map(([release, amis]) => ({ release, version: amis[0]?.version ?? '', amis }))
    .toSorted((one, other) => begun(other).localeCompare(begun(one)));
}

const yankOf = ({ amis }: FoundRelease): Yanked | undefined => saidOfRelease(amis, yankedBy);

/** A version, and whether it is a candidate: releases and candidates do not compete. */
const kindOf = ({ isCandidate }: Pick<ToCompare, 'isCandidate'>, version: string) => ({
  version,
  ...(isCandidate(version) ? { candidate: true as const } : {}),
});

/** The status of each release, and which ones users should use. Pure. */
function standing(
  { publication, release: own, targets, isCandidate }: ToCompare,
  releases: readonly FoundRelease[],
  all: readonly ReleaseAmi[],
  command: AdvisedCommand,
): Omit<Known, 'found'> {
  const names = targets.map(({ name }) => name);
  const promotes = publication.lifecycle?.promote !== false;
  const isRetired = ({ ami }: ReleaseAmi) => retiredBy(ami.tags) !== undefined;
  const usable = releases.filter((one) => yankOf(one) === undefined && !one.amis.every(isRetired));
  const promotionStatus = new Map(
    usable.map(({ release, version }) => {
      const asked = { release, ...kindOf({ isCandidate }, version) };
      return [release, promotionStatusOf(asked, names, all, promotes, command)] as const;
    }),
  );
  const promoted = usable.flatMap(({ release, version }) =>
    names.flatMap((target) => {
      const status = promotionStatus.get(release)?.get(target);
      return status?.is === 'promoted'
        ? [{ release, target, at: status.at, kind: isCandidate(version) }]
        : [];
    }),
  );
  const latest = new Map(
    promoted
      .toSorted((one, other) => one.at - other.at)
      .map(({ release, target, kind }) => [`${kind} ${target}`, release] as const),
  );
  const current = new Set(latest.values());
  const newest = usable.find(({ amis }) => amis.some(({ ami }) => wasPublished(ami)))?.release;
  const only = releases.some(({ release }) => release === own) ? own : newest;
  return {
    promotionStatus,
    follows: (release, version, target) => latest.get(`${isCandidate(version)} ${target}`) === release,
    isCurrent: (release) => (current.size > 0 ? current.has(release) : release === only),
  };
}

async function compareOne(
  of: ToCompare,
  one: FoundRelease,
  known: Known,
  context: Context,
): Promise<OneCompared> {
  const { release, version, amis } = one;
  const isAsked = release === of.release;
  let config: ReleaseConfig;
  try {
    config = of.configOf(version);
  } catch (error) {
    return { ...nothing, unseen: [refusedBy(error, release)] };
  }
  const yanked = yankOf(one);
  if (yanked) return compareYanked(of, one, yanked, config, known, context);
  const { publication, sharing } = config;
  const current = known.isCurrent(release);
  const has = new Set(amis.map(({ target }) => target));
  // An image that an older release does not have at all came with a later release; a region, however, may be added to an older
  // release.
  const images = new Set(amis.map(({ image }) => image));
  const targets = of.targets.filter(
    ({ name, image }) => isAsked || has.has(name) || (current && images.has(image.name)),
  );
  const compared =
    (isAsked ? of.planned?.targets : undefined) ??
    (await lookAtTargets({ release, account: of.account, sharing }, targets, known.found, context)).map(
      (seen) => comparedByTags(release, sharing, seen),
    );
  const rivals = rivalsOf(kindOf(of, version), allOf(known.found));
  const comparing = {
    lifecycle: publication.lifecycle,
    current,
    sharedStatus: (target: string) => sharedStatusAt(release, target, rivals),
    now: context.clock.now(),
    command: context.command,
  };
  const parameters =
    (isAsked ? of.planned?.parameters : undefined) ??
    (await lookAtParameters(of, one, compared, config, known, context));
  const command = ({ wanted }: SeenParameter, ...more: string[]) =>
    context.command(isAsked || !wanted.newest ? 'publish' : 'promote', release, ...more);
  const bases = current ? await lookAtBases(compared, context) : { findings: [], unseen: [] };
  // Parameters of an unpublished release are still to come; another finding already says that it is unfinished.
  const published = new Set(compared.flatMap(({ name, ami }) => (ami && wasPublished(ami) ? [name] : [])));
  const reported = parameters.filter(({ wanted }) => published.has(wanted.target));
  return {
    shown: [...(isAsked && of.planned ? [] : compared.map(shownTarget)), ...leftTargets(of, amis)],
    compared,
    parameters,
    findings: [
      ...compared.flatMap((target) => targetFindings(target, comparing)),
      ...bases.findings,
      ...(await recordedFindings(of, one, config, known, context.command)),
      ...parameterFindings(release, reported, command),
    ],
    unseen: [...bases.unseen, ...(isAsked ? [] : parameters.flatMap(unseenParameter))],
    inUse: isAsked || current ? amisInUse(of, compared, sharing, parameters) : [],
  };
}

/** The launchable AMIs of a release, with the parameters that name them. */
const amisInUse = (
  { targets }: ToCompare,
  compared: readonly ComparedTarget[],
  sharing: Sharing,
  parameters: readonly SeenParameter[],
): AmiInUse[] =>
  compared.flatMap(({ release, name, region, ami, lacks }) =>
    ami === undefined || lacks.length > 0 || !wasPublished(ami)
      ? []
      : [
          {
            release,
            target: name,
            region,
            ami,
            sharing,
            ...definedOnly({ image: targets.find((target) => target.name === name)?.image }),
            parameters: parameters.flatMap(({ wanted, status }) =>
              wanted.target === name && status.state === 'current' ? [wanted.name] : [],
            ),
          },
        ],
  );

const nothing: OneCompared = {
  shown: [],
  compared: [],
  parameters: [],
  findings: [],
  unseen: [],
  inUse: [],
};

/** Why a release could not be compared, if that is not a bug in gopackgo. */
function refusedBy(error: unknown, release: string): Unseen {
  if (error instanceof ActionableError) return { place: release, why: error.message };
  throw error;
}

/** The parts of a yanked release that are not withdrawn. */
async function compareYanked(
  of: ToCompare,
  { release, amis }: FoundRelease,
  yanked: Yanked,
  { publication }: ReleaseConfig,
  { found }: Known,
  context: Context,
): Promise<OneCompared> {
  const shown =
    release === of.release && of.planned
      ? []
      : amis.map(({ ami, target }) => ({
          ...shownByTags(ami, target),
          status: 'yanked' as const,
          why: `it was yanked ${yankedWords(yanked)}`,
        }));
  try {
    const { steps } = await planWithdrawal(
      { publication, release, targets: of.targets, reason: yanked.reason, instead: 'none' },
      found,
      [],
      context,
    );
    const changes = steps.flatMap((step) => step.changes).filter((change) => change.release === release);
    return { ...nothing, shown, findings: yankFindings(release, yanked.reason, changes, context.command) };
  } catch (error) {
    return { ...nothing, shown, unseen: [refusedBy(error, release)] };
  }
}

/** The release's own parameters, and those that follow it. */
function lookAtParameters(
  of: ToCompare,
  { release, version }: FoundRelease,
  compared: readonly ComparedTarget[],
  { publication }: ReleaseConfig,
  known: Known,
  context: Context,
): Promise<SeenParameter[]> {
  const configured = new Map(of.targets.map((target) => [target.name, target]));
  const wanted = compared.flatMap(({ name, ami, lacks }) => {
    const target = configured.get(name);
    if (target === undefined || ami === undefined || lacks.length > 0) return [];
    return parametersNaming(publication, target, ami)
      .filter(({ newest }) => !newest || known.follows(release, version, name))
      .map((one) => (one.newest ? { ...one, follows: { is: 'promoted' as const } } : one));
  });
  const about = { publication: publication.name, release };
  return lookUpParameters(about, wanted, { takeOver: false }, context);
}

/** Files that should name its AMIs, if records follow it. */
async function recordedFindings(
  of: ToCompare,
  { release, version, amis }: FoundRelease,
  { publication, recordTo }: ReleaseConfig,
  known: Known,
  command: AdvisedCommand,
): Promise<Finding[]> {
  const names = new Set(of.targets.map(({ name }) => name));
  const ours = amis
    .filter(({ target }) => names.has(target) && known.follows(release, version, target))
    .map((ami) => recordedByTags({ publication: publication.name, account: of.account }, ami));
  if (ours.length === 0) return [];
  const writes = command(release === of.release ? 'publish' : 'promote', release);
  const each = await Promise.all(
    recordTo.map(async (to) => {
      try {
        return recordFindings(release, to.file.shown, await wouldRecord(ours, to), writes);
      } catch (error) {
        if (!(error instanceof ActionableError)) throw error;
        return recordFindings(release, to.file.shown, whatIsWrong(error, to.file.shown), writes);
      }
    }),
  );
  return each.flat();
}

/** Leaves out the advice: it is not for someone who only looks. */
function whatIsWrong({ problems, message }: ActionableError, file: string): string {
  const [first] = problems;
  if (!first) return message;
  const at = first.place?.replace(file, '').replace(/^: /, '') ?? '';
  return `one that cannot be read${at === '' ? '' : ` at ${at}`}: expected ${first.expected}, found ${first.found}`;
}

async function lookAtBases(
  compared: readonly ComparedTarget[],
  context: Context,
): Promise<{ findings: Finding[]; unseen: Unseen[] }> {
  const bases = await lookUpBasesOf(
    compared.flatMap(({ ami }) => ami ?? []),
    context,
  );
  const each = compared.map((target) => ({ target, base: bases.get(target.ami?.id ?? '') }));
  return {
    findings: each.flatMap(({ target, base }) => (base?.ok ? baseFindings(target, base.value) : [])),
    unseen: each.flatMap(({ target: { name, region }, base }) =>
      base && !base.ok ? [unseenBy(`the base image of ${name}`, region, base.error)] : [],
    ),
  };
}

const unseenBy = (place: string, region: string, error: LookupError): Unseen => ({
  place,
  region,
  why: describeLookupError(error),
  failedCall: error,
});

const unseenParameter = ({ wanted, status }: SeenParameter): Unseen[] =>
  status.state === 'unknown' && status.error ? [unseenBy(wanted.name, wanted.region, status.error)] : [];

type Shown = ComparedRelease['targets'][number];

const shownByTags = ({ id, region, snapshots }: ReleaseAmi['ami'], name: string): Omit<Shown, 'status'> => ({
  name,
  region,
  ami: id,
  snapshots,
  byTags: true,
});

function shownTarget({
  name,
  region,
  status,
  retired,
  ami = retired,
  lacks,
  error,
  why: said,
}: ComparedTarget): Shown {
  const why = error
    ? describeLookupError(error)
    : lacks
        .filter(({ code }) => code !== 'ami-missing')
        .map(({ expected, found }) => `expected ${expected}, found ${found}`)
        .join('; ');
  return {
    ...(ami ? shownByTags(ami, name) : { name, region, byTags: true }),
    status,
    ...definedOnly({ why: said ?? (why || undefined), failedCall: error }),
  };
}

/** AMIs of images and regions that are no longer in the config. */
const leftTargets = ({ configured }: ToCompare, amis: readonly ReleaseAmi[]): Shown[] =>
  amis
    .filter(({ target }) => configured !== undefined && !configured.has(target))
    .map(({ ami, target }) => ({
      ...shownByTags(ami, target),
      status: ami.state === 'available' ? 'built' : ami.state === 'pending' ? 'pending' : 'wrong',
      why: `no longer in the config${ami.state === 'available' ? '' : `; its AMI is ${ami.state}`}`,
      leftConfig: true,
    }));

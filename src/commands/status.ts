import type { Context } from '../aws/context.ts';
import { parsePublicationName } from '../config/publication-name.ts';
import { isCandidateOf } from '../config/timestamp.ts';
import { withVersionOfTag } from '../config/version-of-tag.ts';
import { ActionableError, type ExitStatus, exitStatus } from '../lib/actionable-error.ts';
import { definedOnly } from '../lib/defined-only.ts';
import { type Compared, compareReleases, type ToCompare } from '../lifecycle/compare-releases.ts';
import { comparedByPlan, ownAmi, shownStatus } from '../lifecycle/compared-target.ts';
import { wasPublished } from '../lifecycle/findings.ts';
import { following, promotionStatusIn } from '../lifecycle/look-up-promotion-status.ts';
import { allOf, type FoundAmis } from '../lifecycle/promotion.ts';
import type { PromotionStatus } from '../lifecycle/promotion-status.ts';
import { lookAsStranger, strangerFindings } from '../lifecycle/stranger.ts';
import type { AdvisedCommand } from '../model/advised-command.ts';
import type { StatusReport } from '../model/events.ts';
import { saidOfRelease, yankedBy } from '../model/lifecycle-tags.ts';
import type { Publication } from '../model/publication.ts';
import { failedCallOf } from '../model/status.ts';
import { findReleaseAmis } from '../observe/release-amis.ts';
import { isVerified, type Verdict, verify } from '../observe/verify.ts';
import type { WantedParameter } from '../parameters/decide.ts';
import {
  describeParameters,
  lookUpParameters,
  type SeenParameter,
  wantedParameters,
} from '../parameters/look.ts';
import { saysLookupFailed } from '../plan/base-problems.ts';
import { expandImages } from '../plan/images.ts';
import { releaseOf } from '../plan/make-plan.ts';
import { sharingWithoutOwner } from '../plan/sharing-without-owner.ts';
import { targetNames } from '../plan/target-values.ts';
import { explainStatus } from '../publish/plan-summary.ts';
import { statusTable } from '../report/status-table.ts';
import { revokedAccess } from '../share/revoked-access.ts';
import { createCleanupContext, createContext } from './create-context.ts';
import type { Host } from './host.ts';
import { configuredTargets, publicationToRead } from './lifecycle-run.ts';
import { connectAs, type OpenAccount, withAccount } from './open-account.ts';
import { type OpenRelease, withRelease } from './open-release.ts';
import { showProgress } from './progress-line.ts';
import { recordDestinations } from './record-destination.ts';
import type { ReleaseArguments } from './release-arguments.ts';
import { sayJson, show } from './say.ts';
import { paintFor, widthOf } from './terminal-output.ts';

export interface StatusArguments extends ReleaseArguments {
  /** A profile of another account, whose view is looked up. */
  as?: string;
}

/**
 * Shows every target's status, and how the published releases differ from the config, from AWS alone. If a base image is gone,
 * so that there is no plan, the release is found by the tags of its AMIs.
 *
 * @returns 1 if a lookup of something required failed; 5 if something differs or is missing; 3 if only in best-effort regions.
 */
export async function status(args: StatusArguments, host: Host): Promise<number> {
  try {
    return await withRelease({ ...args, meant: 'known', uses: 'all but notify' }, host, (release) =>
      byPlan(release, args, host),
    );
  } catch (error) {
    if (!(error instanceof ActionableError) || error.refusal !== 'base-image-not-found') throw error;
    return byTags(args, host, error);
  }
}

/**
 * Omits parameters that follow the promoted release, for targets that were neither published nor promoted: they name another
 * release. Omits those of AMIs that cannot be used: whether they name these AMIs says nothing.
 */
function ownParameters(
  verdicts: readonly Verdict[],
  promotionStatus: ReadonlyMap<string, PromotionStatus>,
): WantedParameter[] {
  const published = new Set(
    verdicts.flatMap(({ target, status }) => {
      const ami = ownAmi(status);
      return ami && wasPublished(ami) ? [target.name] : [];
    }),
  );
  const comparable = verdicts.filter(({ status }) => isVerified(status) || ownAmi(status) === undefined);
  return wantedParameters(comparable).filter(
    ({ newest, target }) => !newest || published.has(target) || promotionStatus.get(target)?.is !== 'first',
  );
}

type Opened = Pick<OpenAccount, 'account' | 'endpoint' | 'local' | 'sandbox' | 'command'>;

async function byPlan(release: OpenRelease, args: StatusArguments, host: Host): Promise<number> {
  const { plan, selected, chosen, publication } = release;
  const context = createContext(release, host);
  const verdicts = await verify(plan, selected, context, 'one look');
  const seen = verdicts.map((verdict) => {
    const { target, status } = verdict;
    const own = ownAmi(status);
    const ami = own ? { ami: own.id, snapshots: own.snapshots } : {};
    const { name, region } = target;
    return {
      name,
      region,
      status: shownStatus(status),
      ...ami,
      ...definedOnly({
        stillOpenTo: revokedAccess(verdict, plan),
        why: explainStatus(status),
        failedCall: failedCallOf(status),
      }),
    };
  });
  const unseen = (plan.leftOut ?? [])
    .filter(({ name }) => chosen.has(name))
    .map(({ name, region, why, failedCall }) => ({
      name,
      region,
      status: 'unknown' as const,
      why,
      ...definedOnly({ failedCall }),
    }));
  const { targets } = await configuredTargets(publication, args, release);
  const found = await lookUpAmis(publication, targets, context);
  const { promotionStatus } = promotionStatusIn(plan, found, release.command);
  const wanted = following(ownParameters(verdicts, promotionStatus), promotionStatus);
  const parameters = await lookUpParameters(plan, wanted, { takeOver: false }, context);
  const compared = await compareReleases(
    {
      ...whatToCompare(publication, release.plan, args, host),
      targets,
      planned: {
        targets: verdicts.map((verdict) => comparedByPlan(plan, verdict, explainStatus(verdict.status))),
        parameters,
      },
    },
    found,
    context,
  );
  const { account, endpoint } = plan;
  const { local, sandbox, command } = release;
  const opened = { account, endpoint, local, command, ...definedOnly({ sandbox }) };
  const all = await withStranger(compared, opened, args, host);
  release.looked();
  return report(publication, plan, [...seen, ...unseen], all, args, host);
}

/**
 * @param why there is no plan.
 * @throws that error, if AWS has no release of the publication either.
 */
function byTags(args: StatusArguments, host: Host, why: ActionableError): Promise<number> {
  const publication = publicationToRead(
    { ...args, publication: withVersionOfTag(args.publication, host.cwd) },
    host,
  );
  const looked = showProgress('Looking at tags, since a base image is gone …', args, host);
  return withAccount(publication, args, host, async (open) => {
    const { targets } = await configuredTargets(publication, args, open);
    const context = createCleanupContext(open, host, {
      emit: () => undefined,
      stop: new AbortController().signal,
    });
    const found = await lookUpAmis(publication, targets, context);
    if ([...found.values()].every((lookup) => lookup.ok && lookup.value.length === 0)) throw why;
    const of = { ...whatToCompare(publication, open, args, host), targets };
    const compared = await compareReleases(of, found, context);
    const own = allOf(found).filter(({ release }) => release === releaseOf(publication));
    const { findings, unseen } =
      saidOfRelease(own, yankedBy) === undefined
        ? withoutPlan(publication, why.message, open.command)
        : { findings: [], unseen: [] };
    const more = {
      ...compared,
      findings: [...findings, ...compared.findings],
      unseen: [...unseen, ...compared.unseen],
    };
    const all = await withStranger(more, open, args, host);
    looked();
    return report(publication, open, [], all, args, host);
  }).finally(looked);
}

/** Adds another account's view, if requested. */
async function withStranger(
  compared: Compared,
  open: Opened,
  { as: profile }: StatusArguments,
  host: Host,
): Promise<Compared & Pick<StatusReport, 'as'>> {
  if (profile === undefined) return compared;
  const { inUse } = compared;
  const { clients, account } = await connectAs(profile, open, inUse[0]?.region ?? 'us-east-1', host);
  const amis = await lookAsStranger(inUse, open.account, clients);
  return {
    ...compared,
    as: { profile, account, amis },
    findings: [...compared.findings, ...strangerFindings(inUse, amis, account, open.command)],
    unseen: [
      ...compared.unseen,
      ...amis.flatMap(({ target, region, ami, why }) =>
        why.map((text) => ({ place: `${target}: ${ami} as ${account}`, region, why: text })),
      ),
    ],
  };
}

/** Why there is no plan, as a finding; unknown if the lookup of a base image failed. */
function withoutPlan(
  publication: Publication,
  message: string,
  command: AdvisedCommand,
): Pick<StatusReport, 'findings' | 'unseen'> {
  const found = message.replaceAll('\n', '; ').replace(/\.$/, '');
  const place = publication.file;
  if (saysLookupFailed(message)) return { findings: [], unseen: [{ place, why: found }] };
  const release = releaseOf(publication);
  const expected = 'base images to build from';
  const todo = `What exists can be used; what is missing cannot be built. ${command('plan', release)} says the same.`;
  return { findings: [{ code: 'base-missing', release, place, expected, found, todo }], unseen: [] };
}

const lookUpAmis = (
  publication: Publication,
  targets: ToCompare['targets'],
  context: Context,
): Promise<FoundAmis> =>
  findReleaseAmis(publication.name, [...new Set(targets.map(({ region }) => region))], context);

function whatToCompare(
  publication: Publication,
  { account }: Pick<Opened, 'account'>,
  args: StatusArguments,
  host: Host,
): Omit<ToCompare, 'targets' | 'planned'> {
  const { name, file, version, versionTemplate = '' } = publication;
  const isWhole = args.only.length + args.except.length === 0;
  const named = parsePublicationName(withVersionOfTag(args.publication, host.cwd));
  const configured = new Set(targetNames(publication, expandImages(publication)).map((one) => one.name));
  return {
    publication,
    release: releaseOf({ name, version }),
    version,
    account,
    others: named.version === undefined,
    ...(isWhole ? { configured } : {}),
    configOf(other) {
      const its = publicationToRead({ ...args, publication: `${file}@${other}` }, host);
      return {
        publication: its,
        sharing: sharingWithoutOwner(its.share, account),
        recordTo: recordDestinations(its, host, { sandbox: args.sandbox }),
      };
    },
    isCandidate: (other) => isCandidateOf(versionTemplate, other),
  };
}

function report(
  publication: Publication,
  { account, endpoint }: Pick<Opened, 'account' | 'endpoint'>,
  planned: StatusReport['targets'],
  { targets, others, findings, unseen, parameters, as }: Compared & Pick<StatusReport, 'as'>,
  { json }: ReleaseArguments,
  host: Host,
): number {
  const shown: StatusReport = {
    format: 2,
    release: releaseOf(publication),
    account,
    endpoint,
    targets: [...planned, ...targets],
    others,
    findings,
    unseen,
    ...describeParameters(parameters),
    ...definedOnly({ as }),
  };
  if (json) sayJson(host.stdout, shown, 2);
  else show(host.stdout, statusTable(shown, widthOf(host), paintFor(host)));
  return exitOf(shown, parameters, publication);
}

/** A failed lookup is worse than a difference, since it may hide more differences. Pure. */
function exitOf(
  { targets, others, findings, unseen }: StatusReport,
  parameters: readonly SeenParameter[],
  { regions }: Publication,
): ExitStatus {
  const bestEffort = new Set(regions.flatMap(({ name, bestEffort }) => (bestEffort ? [name] : [])));
  const unknown = [
    ...[...targets, ...others.flatMap((one) => one.targets)].filter(({ status }) => status === 'unknown'),
    ...unseen,
    ...parameters.flatMap(({ wanted, status }) => (status.state === 'unknown' ? [wanted] : [])),
  ];
  if (unknown.some(({ region = '' }) => !bestEffort.has(region))) return exitStatus.failed;
  if (findings.some((finding) => finding.bestEffort === undefined)) return exitStatus.drift;
  return unknown.length + findings.length > 0 ? exitStatus.partial : exitStatus.done;
}

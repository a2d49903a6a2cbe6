import fs from 'node:fs/promises';
import { findStoredParameters } from '../aws/stored-parameters.ts';
import { isCandidateOf } from '../config/timestamp.ts';
import { exitStatus } from '../lib/actionable-error.ts';
import { located } from '../lib/origins.ts';
import { placeholdersIn } from '../lib/placeholders.ts';
import { allOf } from '../lifecycle/promotion.ts';
import { describeReleases, type NamedIn } from '../lifecycle/releases.ts';
import { describeLookupError } from '../model/lookup.ts';
import type { Publication } from '../model/publication.ts';
import type { ReleaseAmi } from '../model/release-ami.ts';
import { findReleaseAmis } from '../observe/release-amis.ts';
import { combinedImages } from '../plan/image.ts';
import { parametersOf } from '../plan/parameters.ts';
import { readRecord } from '../record/record-file.ts';
import { releasesTable } from '../report/releases-table.ts';
import { createCleanupContext } from './create-context.ts';
import type { Host } from './host.ts';
import { type LifecycleArguments, publicationToRead } from './lifecycle-run.ts';
import { notOptedInTo, type OpenAccount, withAccount } from './open-account.ts';
import { showProgress } from './progress-line.ts';
import { recordFileOf } from './record-destination.ts';
import { say, sayJson, show } from './say.ts';
import { paintFor, widthOf } from './terminal-output.ts';

/** Who may use an AMI is shown as AWS has it, so the config's sharing is not needed. */
const usedHere = ['parameters'] as const;

export type ReleasesArguments = Omit<LifecycleArguments, 'yes' | 'takeOverParameters'>;

/**
 * Shows every release of a publication, from AWS alone.
 *
 * @returns 1 if a region could not be looked up; 3 if only best-effort ones could not.
 */
export function releasesCommand(args: ReleasesArguments, host: Host): Promise<number> {
  const publication = publicationToRead(args, host, usedHere);
  const looked = showProgress('Looking at all releases …', args, host);
  return withAccount(publication, args, host, async (open) => {
    const { clients, account, endpoint } = open;
    const configured = publication.regions.map(({ name }) => name);
    const off = await notOptedInTo(configured, located(publication, 'regions'), clients);
    const regions = configured.filter((region) => !off.includes(region));
    const context = createCleanupContext(open, host, {
      emit: () => undefined,
      stop: new AbortController().signal,
    });
    const found = await findReleaseAmis(publication.name, regions, context);
    const isCandidate = (version: string) => isCandidateOf(publication.versionTemplate ?? '', version);
    const kinds = configsOfKinds(publication, allOf(found), isCandidate, args, host);
    const records = await Promise.all(kinds.map((one) => recordsOf(one, regions, args, open, host)));
    const warnings = records.flatMap((one) => one.warnings);
    const named = [
      ...new Map(records.flatMap((one) => one.named).map((one) => [JSON.stringify(one), one])).values(),
    ];
    const areCandidatesFollowed = kinds.some((one) => one.candidate === true && isFollowed(one));
    const described = await describeReleases(found, named, { isCandidate, areCandidatesFollowed }, context);
    const { name } = publication;
    const report = { format: 2 as const, publication: name, account, endpoint, ...described };
    const all = { ...report, warnings: [...warnings, ...report.warnings] };
    looked();
    if (args.json) sayJson(host.stdout, all, 2);
    else show(host.stdout, releasesTable(all, widthOf(host), paintFor(host)));
    const bestEffort = new Set(publication.regions.flatMap((one) => (one.bestEffort ? [one.name] : [])));
    if (all.unseen.length === 0 && warnings.length === 0) return exitStatus.done;
    const isRequired = all.unseen.some(({ region }) => !bestEffort.has(region)) || warnings.length > 0;
    return isRequired ? exitStatus.failed : exitStatus.partial;
  }).finally(looked);
}

/** The config for releases and, if there is a candidate, the config for candidates; or the other way around. */
function configsOfKinds(
  publication: Publication,
  amis: readonly Pick<ReleaseAmi, 'version'>[],
  isCandidate: (version: string) => boolean,
  args: ReleasesArguments,
  host: Host,
): Publication[] {
  const other = amis.find(({ version }) => isCandidate(version) !== (publication.candidate === true));
  if (other === undefined) return [publication];
  return [
    publication,
    publicationToRead({ ...args, publication: `${publication.file}@${other.version}` }, host, usedHere),
  ];
}

/** Whether the config has files or parameters that follow the promoted release, or shared tags that say which one it is. */
const isFollowed = ({ record = [], parameters = [], lifecycle }: Publication): boolean =>
  record.length > 0 ||
  lifecycle?.sharedTags === true ||
  parameters.some((template) => !placeholdersIn(template).includes('version'));

/** Everything that follows the promoted release: the files, and the parameters without a version, with their content. */
export async function recordsOf(
  publication: Publication,
  regions: readonly string[],
  { sandbox }: Pick<ReleasesArguments, 'sandbox'>,
  { clients }: OpenAccount,
  host: Host,
): Promise<{ named: NamedIn[]; warnings: string[] }> {
  const warnings: string[] = [];
  const files = await Promise.all(
    (publication.record ?? []).map(async ({ file }): Promise<NamedIn[]> => {
      const of = recordFileOf(file, host, { sandbox });
      const found = await readRecord(of, fs);
      return found === undefined ? [] : [{ record: of.shown, text: found.text }];
    }),
  );
  const images = combinedImages(publication);
  const parameters = await Promise.all(
    regions.map(async (region): Promise<NamedIn[]> => {
      const names = images.flatMap((image) =>
        (parametersOf(publication, image, region) ?? []).flatMap(({ name, newest }) =>
          newest ? [name] : [],
        ),
      );
      if (names.length === 0) return [];
      const found = await findStoredParameters(clients, region, names);
      if (!found.ok) {
        warnings.push(`what the parameters name is not known: ${describeLookupError(found.error)}`);
        say(host.stderr, `warning: ${warnings.at(-1)}`);
        return [];
      }
      return [...found.value].map(([record, { value }]) => ({ record, text: value }));
    }),
  );
  return { named: [...files.flat(), ...parameters.flat()], warnings };
}

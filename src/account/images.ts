import {
  type ImageScan,
  keysOfSnapshots,
  type WholeDevice,
  type WholeImage,
  wholeImages,
} from '../aws/account-images.ts';
import type { Clients } from '../aws/connection.ts';
import { findingsOfImage, type ImageFinding } from '../aws/image-findings.ts';
import { type WholeParameter, wholeParameters } from '../aws/parameters.ts';
import { tagsOfParameter } from '../aws/stored-parameters.ts';
import { definedOnly } from '../lib/defined-only.ts';
import { allLookups, type Lookup, type LookupError, okLookup } from '../model/lookup.ts';
import type { PublishedBase } from '../model/publication.ts';
import { baseLookups } from '../plan/base-lookups.ts';
import { newestRelease, releasedAmis } from '../plan/released-amis.ts';
import { type Part, partOf, together } from './part.ts';
import type { Shown } from './shown.ts';
import type { Wanted } from './wanted.ts';

export interface Where {
  clients: Clients;
  account: string;
}

/**
 * The base images of a region with the parameters that name them, the AMIs that have the names that are wanted, whoever owns them,
 * and the parameters that are to name AMIs.
 */
export async function imagesAndParametersOf(
  { region, questions, amiNames, parameters }: Wanted,
  { clients, account }: Where,
  shown: Shown,
): Promise<Part> {
  const bases = await basesOf(clients, region, questions);
  const named = questions.flatMap(({ wanted }) => ('parameter' in wanted ? [wanted.parameter] : []));
  const [byId, byName, stored] = await Promise.all([
    wholeImages(clients, region, { by: 'image-id', values: bases.ids }),
    wholeImages(clients, region, { by: 'name', values: amiNames }),
    storedParameters(clients, region, [...new Set([...named, ...parameters])]),
  ]);
  const images = allLookups({ byId, byName });
  const all = images.ok ? unique([...images.value.byId, ...images.value.byName]) : [];
  const snapshots = all.flatMap(({ devices }) =>
    devices.flatMap(({ snapshot, encrypted }) => (snapshot && encrypted ? [snapshot] : [])),
  );
  const keys = snapshots.length > 0 ? await keysOfSnapshots(clients, region, snapshots) : okLookup(new Map());
  const scans = await scansOf(clients, region, all);
  return together([
    { settings: {}, failed: bases.failed, leftOut: [] },
    partOf(
      allLookups({ images, keys, scans }),
      (found) => ({
        images: all.filter(canBeSaid).map((image) => ({
          ...imageSettings(image, { account, keys: found.keys, shown }),
          ...found.scans.get(image.id),
        })),
      }),
      () =>
        all
          .filter((image) => !canBeSaid(image))
          .map(
            ({ id, state }) =>
              `${region}: ${id}, which is ${state}: in settings an AMI is available, disabled or failed`,
          ),
    ),
    partOf(
      stored,
      (found) => ({ parameters: firstOfEach(found).map((one) => parameterSettings(one, shown)) }),
      (found) =>
        found
          .filter((one) => !firstOfEach(found).includes(one))
          .map(
            ({ name, version }) =>
              `${region}: version ${version} of ${name}: in settings a parameter has one version`,
          ),
    ),
  ]);
}

const unique = (images: readonly WholeImage[]): WholeImage[] => [
  ...new Map(images.map((image) => [image.id, image])).values(),
];

/** The base images as the plan finds them. */
async function basesOf(clients: Clients, region: string, questions: Wanted['questions']) {
  const lookups = await baseLookups(clients, region, questions);
  const released = releasedAmis(clients);
  const found = await Promise.all(
    questions.map(async ({ wanted, expect }): Promise<Lookup<string[]>> => {
      if ('id' in wanted) return okLookup(wanted.id === '' ? [] : [wanted.id]);
      if ('filter' in wanted) return idOf(await lookups.newest(wanted.filter, expect));
      if ('published' in wanted) return publishedIds(region, wanted.published, released);
      const value = lookups.parameter(wanted.parameter);
      if (!value.ok) return value;
      const ids = value.value?.startsWith('ami-') ? [value.value] : [];
      if (!wanted.orElse) return okLookup(ids);
      const newest = idOf(await lookups.newest(wanted.orElse, expect));
      return newest.ok ? okLookup([...ids, ...newest.value]) : newest;
    }),
  );
  const failed: LookupError[] = found.flatMap((lookup) => (lookup.ok ? [] : [lookup.error]));
  return { ids: [...new Set(found.flatMap((lookup) => (lookup.ok ? lookup.value : [])))], failed };
}

/** The AMIs of the release that a publication's image starts from now. */
async function publishedIds(
  region: string,
  base: PublishedBase,
  released: ReturnType<typeof releasedAmis>,
): Promise<Lookup<string[]>> {
  const amis = await released(region, base);
  if (!amis.ok) return amis;
  const { publication, release } = base;
  const wanted = release === 'latest' ? newestRelease(amis.value) : `${publication}@${release}`;
  return okLookup(amis.value.filter((one) => one.release === wanted).map(({ ami }) => ami.id));
}

const idOf = (lookup: Lookup<{ id: string } | undefined>): Lookup<string[]> =>
  lookup.ok ? okLookup(lookup.value ? [lookup.value.id] : []) : lookup;

const canBeSaid = ({ state }: WholeImage): boolean => ['available', 'disabled', 'failed'].includes(state);

function imageSettings(
  image: WholeImage,
  { account, keys, shown }: { account: string; keys: ReadonlyMap<string, string>; shown: Shown },
) {
  const isOwn = image.owner === account;
  const types = definedOnly({
    supportedInstanceTypes: image.supportedTypes.length > 0 ? image.supportedTypes : undefined,
    unsupportedInstanceTypes: image.unsupportedTypes.length > 0 ? image.unsupportedTypes : undefined,
  });
  return {
    id: image.id,
    name: image.name,
    ...(isOwn ? {} : { owner: image.owner }),
    ...definedOnly({
      ownerAlias: ['amazon', 'aws-marketplace'].find((alias) => alias === image.ownerAlias),
      location: image.rootDevice === 'instance-store' ? image.location : undefined,
      deprecatedAt: image.deprecated,
    }),
    ...shown.description(image.description),
    createdAt: image.created,
    state: image.state,
    architecture: image.architecture,
    virtualization: image.virtualization,
    rootDevice: image.rootDevice,
    ...definedOnly({
      rootDeviceName: image.rootDeviceName,
      bootMode: image.bootMode,
      imdsSupport: image.imdsSupport,
      tpmSupport: image.tpmSupport,
      platform: image.windows ? 'windows' : undefined,
      platformDetails: image.platformDetails,
      usageOperation: image.usageOperation,
    }),
    enaSupport: image.enaSupport,
    sriovNetSupport: image.sriovNetSupport ?? 'none',
    devices: image.devices.map((one) => deviceSettings(one, keys)),
    ...types,
    ...(image.watermarks.length > 0 ? { watermarks: image.watermarks } : {}),
    ...(image.public ? { public: true } : {}),
    ...shown.tags(image.tags),
  };
}

/** What was found in the AMIs that were scanned, as settings, by AMI. */
async function scansOf(
  clients: Clients,
  region: string,
  images: readonly WholeImage[],
): Promise<Lookup<Map<string, ScanSettings>>> {
  const scanned = images.flatMap(({ id, scan }) => (scan ? [{ id, scan }] : []));
  const lookups = await Promise.all(
    scanned.map(async ({ id, scan }) => ({ id, scan, found: await findingsOfImage(clients, region, id) })),
  );
  const settings = new Map<string, ScanSettings>();
  for (const { id, scan, found } of lookups) {
    if (!found.ok) return found;
    settings.set(id, scanSettings(scan, found.value));
  }
  return okLookup(settings);
}

type ScanSettings = ReturnType<typeof scanSettings>;

/** EC2 says of a severity, not of a finding, since when there is a fix; each that has one gets that time. Pure. */
const scanSettings = ({ scannedAt, fixSince }: ImageScan, findings: readonly ImageFinding[]) => ({
  scan: {
    scannedAt,
    findings: findings.map(({ hasFix, paths, ...finding }) => ({
      ...finding,
      ...(hasFix && fixSince[finding.severity] ? { fixAvailableSince: fixSince[finding.severity] } : {}),
      ...(paths.length > 0 ? { paths } : {}),
    })),
  },
});

function deviceSettings({ device, virtualName, ...volume }: WholeDevice, keys: ReadonlyMap<string, string>) {
  if (virtualName !== undefined) return { device, virtualName };
  const key = volume.snapshot === undefined ? undefined : keys.get(volume.snapshot);
  return { device, ...volume, ...(key === undefined ? {} : { kmsKey: key }) };
}

interface TaggedParameter extends WholeParameter {
  tags: Record<string, string>;
}

/** With the tags of those that are the account's own. */
async function storedParameters(
  clients: Clients,
  region: string,
  names: readonly string[],
): Promise<Lookup<TaggedParameter[]>> {
  if (names.length === 0) return okLookup([]);
  const found = await wholeParameters(clients, region, names);
  if (!found.ok) return found;
  const tagged: TaggedParameter[] = [];
  for (const [asked, parameter] of found.value) {
    const isPublic = /^\/?(?:aws|ssm)\//i.test(parameter.name);
    if (isPublic || asked.startsWith('arn:')) {
      tagged.push({ ...parameter, tags: {} });
      continue;
    }
    const tags = await tagsOfParameter(clients, region, parameter.name);
    if (!tags.ok) return tags;
    tagged.push({ ...parameter, tags: tags.value });
  }
  return okLookup(tagged);
}

const firstOfEach = (found: readonly TaggedParameter[]): TaggedParameter[] =>
  found.filter(({ name }, index) => found.findIndex((other) => other.name === name) === index);

/** Of a secure string there is all but the value. */
function parameterSettings(
  { name, value = 'not saved', type, dataType, version, label, tags }: TaggedParameter,
  shown: Shown,
) {
  return {
    name,
    value,
    type,
    dataType,
    version,
    ...(label === undefined ? {} : { labels: [label] }),
    ...shown.tags(tags),
  };
}

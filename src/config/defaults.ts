import { normalize } from 'node:path';
import { definedOnly } from '../lib/defined-only.ts';
import type { Static } from '../lib/json-schema.ts';
import { fill } from '../lib/placeholders.ts';
import { placeOf } from '../lib/problem.ts';
import type { GitSettings } from '../model/git.ts';
import type { Lifecycle } from '../model/lifecycle.ts';
import { outcomes } from '../model/notification-output.ts';
import type {
  BaseSettings,
  Channel,
  EncryptionSettings,
  ImageSettings,
  Json,
  Provisioner,
  Publication,
  PublishedBase,
  RecordSettings,
  RegionSettings,
  Sharing,
} from '../model/publication.ts';
import { gitSchema } from './git-schema.ts';
import { image as imageSchema } from './image-schema.ts';
import { type publicationSchema, regionProperties, shareProperties } from './schema.ts';
import { timeoutsOf } from './timeouts-schema.ts';
import type { WrittenVariables } from './variable-values.ts';
import type { VersionFile } from './version-file.ts';

type Options = Record<string, Json>;

type PublicationShape = Static<typeof publicationSchema>;

/**
 * A publication as written, once its shape is known to be valid: the schema's type. Keys with values of several types, or with
 * Packer's options, are typed here, since the schema's type would be all these types at once, or `unknown`.
 */
export type Written = Omit<
  PublicationShape,
  'version' | 'regions' | 'images' | 'provisioners' | 'variables' | 'record' | 'candidates' | 'encryption'
> & {
  version: string | VersionFile;
  encryption?: WrittenEncryption;
  record?: WrittenRecord;
  candidates?: Omit<NonNullable<PublicationShape['candidates']>, 'record'> & { record?: WrittenRecord };
  regions: string[] | Record<string, Options & { bestEffort?: boolean; build?: boolean }>;
  images: WrittenImage[];
  provisioners?: Provisioner[];
  variables?: WrittenVariables;
};

type WrittenEncryption = boolean | Required<EncryptionSettings>;

type WrittenRecord = string | (Omit<RecordSettings, 'as'> & { as?: RecordSettings['as'] })[];

export type WrittenSharing = NonNullable<PublicationShape['share']>;

type WrittenImage = Omit<Static<typeof imageSchema>, 'base' | 'builder' | 'copyFrom' | 'encryption'> & {
  base: WrittenBase;
  copyFrom?: string | boolean;
  encryption?: WrittenEncryption;
  builder: Options;
};

type WrittenBase =
  | Exclude<BaseSettings, { filter: unknown } | PublishedBase>
  | (Omit<PublishedBase, 'release'> & { release?: string })
  | { filter: { owners: string[]; [filter: string]: string | string[] } };

const { public: isPublic, snapshots } = shareProperties;
const { rootDevice, bundle, base } = imageSchema.properties;
const { release } = base.properties;

/**
 * The config with all defaults filled in. Shared with nobody by default; a candidate's AMIs are neither shared nor recorded,
 * except as "candidates" says.
 */
export function withDefaults(
  written: Written & { version: string },
  from: Pick<
    Publication,
    'name' | 'file' | 'folder' | 'origins' | 'candidate' | 'moment' | 'versionTemplate'
  >,
): Publication {
  const { version, account, amiName, regions, images, provisioners, retention, notify, git } = written;
  const { share, record, parameters } = from.candidate ? (written.candidates ?? {}) : written;
  return {
    ...from,
    version,
    ...definedOnly({ account }),
    amiName,
    regions: regionsOf(regions),
    images: images.map((image, index) => ({
      ...imageWithDefaults(image),
      ...copySettings(written, image, index),
      ...encryptionSettings(written, image, index),
    })),
    provisioners: provisioners ?? [],
    ...definedOnly({ inputs: written.inputs }),
    share: sharingOf(share),
    ...(record === undefined ? {} : { record: recordsOf(record) }),
    ...(parameters === undefined || parameters.length === 0 ? {} : { parameters: [...parameters] }),
    ...(git === undefined ? {} : { git: gitOf(git, { ...from, version }) }),
    ...(written.timeouts ? { timeouts: timeoutsOf(written.timeouts) } : {}),
    ...definedOnly({ retention }),
    ...lifecycleOf(written),
    ...(notify === undefined || notify.length === 0 ? {} : { notify: notify.map(channelOf) }),
  };
}

/** Empty if the config does not say. */
function lifecycleOf(written: Written): { lifecycle?: Lifecycle } {
  const { promote, deprecateAfter, deregistrationProtection, supersede, sharedTags } = written;
  const lifecycle: Lifecycle = definedOnly({
    promote: promote === false ? promote : undefined,
    deprecateAfter: daysOf(deprecateAfter),
    deregistrationProtection,
    supersededAfter: daysOf(supersede?.deprecateAfter),
    sharedTags,
  });
  return Object.keys(lifecycle).length === 0 ? {} : { lifecycle };
}

/** `365d` and `26w` in days. */
const daysOf = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Number.parseInt(text, 10) * (text.endsWith('w') ? 7 : 1);

const recordsOf = (record: WrittenRecord): RecordSettings[] =>
  (typeof record === 'string' ? [{ file: record }] : record).map(({ file, as = 'ids', name }) => ({
    file: normalize(file),
    as,
    ...definedOnly({ name }),
  }));

function gitOf(
  { clean, pushed, tag, candidateTag }: NonNullable<Written['git']>,
  { name, version, candidate }: Pick<Publication, 'name' | 'version' | 'candidate'>,
): GitSettings {
  const pattern = candidate ? candidateTag : tag;
  return {
    clean: clean ?? gitSchema.properties.clean.default,
    pushed: pushed ?? gitSchema.properties.pushed.default,
    ...(pattern === undefined ? {} : { tag: fill(pattern, { version, publication: name }) }),
    patterns: definedOnly({ tag, candidateTag }),
  };
}

const channelOf = ({
  on,
  format,
  webhook,
  sns,
  command,
}: NonNullable<Written['notify']>[number]): Channel => ({
  on: on ?? outcomes,
  format: format ?? 'json',
  ...definedOnly({ webhook, sns }),
  ...(command === undefined ? {} : { command: [...command] }),
});

function sharingOf(share: WrittenSharing = {}): Sharing {
  const { accounts = [], organizations = [], organizationalUnits = [] } = share;
  return {
    public: share.public ?? isPublic.default,
    accounts: [...accounts].sort(),
    organizations: [...organizations, ...organizationalUnits].sort(),
    snapshots: share.snapshots ?? snapshots.default,
  };
}

function regionsOf(regions: Written['regions']): RegionSettings[] {
  const usual = regionProperties.bestEffort.default;
  if (Array.isArray(regions)) return regions.map((name) => ({ name, bestEffort: usual, builder: {} }));
  return Object.entries(regions).map(([name, { bestEffort = usual, build, ...builder }]) => ({
    name,
    bestEffort,
    ...(build ? { build } : {}),
    builder,
  }));
}

/** An image's copy settings override the publication's. */
function copySettings(
  written: Written,
  image: WrittenImage,
  index: number,
): Pick<ImageSettings, 'copyFrom' | 'copyWithin'> {
  const place = (key: 'copyFrom' | 'copyWithin') =>
    image[key] === undefined ? key : placeOf(['images', index, key]);
  const region = image.copyFrom ?? written.copyFrom;
  const within = image.copyWithin ?? written.copyWithin;
  return {
    ...(region ? { copyFrom: { region: String(region), place: place('copyFrom') } } : {}),
    ...(within === undefined
      ? {}
      : { copyWithin: { minutes: minutesOf(within), place: place('copyWithin') } }),
  };
}

/** The same for encryption. */
function encryptionSettings(
  written: Written,
  image: WrittenImage,
  index: number,
): Pick<ImageSettings, 'encryption'> {
  const said = image.encryption ?? written.encryption ?? false;
  if (said === false) return {};
  const place = image.encryption === undefined ? 'encryption' : placeOf(['images', index, 'encryption']);
  return { encryption: { ...(said === true ? {} : said), place } };
}

/** `30m` and `4h` in minutes. */
const minutesOf = (text: string): number => Number.parseInt(text, 10) * (text.endsWith('h') ? 60 : 1);

function baseOf(base: WrittenBase): BaseSettings {
  if ('publication' in base) return { ...base, release: base.release ?? release.default };
  if (!('filter' in base)) return base;
  const { owners, ...filters } = base.filter;
  const entries = Object.entries(filters).map(([name, values]) => [
    name,
    Array.isArray(values) ? values : [values],
  ]);
  return { filter: { owners, filters: Object.fromEntries(entries) } };
}

/** Ubuntu's images have one login user, `ubuntu` (Ubuntu's documentation of its EC2 images). */
function imageWithDefaults(image: WrittenImage): ImageSettings {
  const matrix = image.matrix ?? {};
  const fromMatrix = (variable: string) => (Object.hasOwn(matrix, variable) ? `{${variable}}` : undefined);
  return {
    matrix,
    name: image.name,
    ...definedOnly({ exclude: image.exclude, regions: image.regions, amiName: image.amiName }),
    base: baseOf(image.base),
    architecture: image.architecture ?? fromMatrix('architecture') ?? 'x86_64',
    virtualization: image.virtualization ?? fromMatrix('virtualization') ?? 'hvm',
    rootDevice: image.rootDevice ?? rootDevice.default,
    bundle: { credentials: bundle.properties.credentials.default, ...image.bundle },
    builder: 'ubuntu' in image.base ? { ssh_username: 'ubuntu', ...image.builder } : image.builder,
  };
}

import { normalize } from 'node:path';
import { definedOnly } from '../lib/defined-only.ts';
import { isCandidate } from '../model/candidate.ts';
import type {
  BaseSettings,
  BundleSettings,
  ImageSettings,
  Json,
  Provisioner,
  Publication,
  RegionSettings,
  RootDevice,
  Sharing,
} from '../model/publication.ts';
import type { WrittenVariables } from './variables.ts';

type Options = Record<string, Json>;

/** A publication as it is written, once its shape is known to be right. */
export interface Written {
  version: string;
  account?: string;
  amiName: string;
  regions: string[] | Record<string, Options & { bestEffort?: boolean }>;
  images: WrittenImage[];
  provisioners?: Provisioner[];
  variables?: WrittenVariables;
  share?: WrittenSharing;
  record?: string;
  candidates?: { share?: WrittenSharing; record?: string };
}

interface WrittenSharing {
  public?: boolean;
  accounts?: string[];
  organizations?: string[];
  organizationalUnits?: string[];
  snapshots?: boolean;
}

interface WrittenImage {
  matrix?: Record<string, string[]>;
  name: string;
  amiName?: string;
  base: WrittenBase;
  architecture?: string;
  virtualization?: string;
  rootDevice?: RootDevice;
  bundle?: Partial<BundleSettings>;
  builder: Options;
}

type WrittenBase =
  | Exclude<BaseSettings, { filter: unknown }>
  | { filter: { owners: string[]; [filter: string]: string | string[] } };

/**
 * What is written, with everything that may be left out filled in. Shared with nobody unless it says so; a candidate's
 * AMIs are neither shared nor recorded but as "candidates" says.
 */
export function withDefaults(
  written: Written,
  from: Pick<Publication, 'name' | 'file' | 'folder'>,
): Publication {
  const { version, account, amiName, regions, images, provisioners } = written;
  const { share, record } = isCandidate(version) ? (written.candidates ?? {}) : written;
  return {
    ...from,
    version,
    ...definedOnly({ account }),
    amiName,
    regions: regionsOf(regions),
    images: images.map(imageWithDefaults),
    provisioners: provisioners ?? [],
    share: sharingOf(share),
    ...(record === undefined ? {} : { record: normalize(record) }),
  };
}

function sharingOf(share: WrittenSharing = {}): Sharing {
  const { accounts = [], organizations = [], organizationalUnits = [] } = share;
  return {
    public: share.public ?? false,
    accounts: [...accounts].sort(),
    organizations: [...organizations, ...organizationalUnits].sort(),
    snapshots: share.snapshots ?? true,
  };
}

function regionsOf(regions: Written['regions']): RegionSettings[] {
  if (Array.isArray(regions)) return regions.map((name) => ({ name, bestEffort: false, builder: {} }));
  return Object.entries(regions).map(([name, { bestEffort = false, ...builder }]) => ({
    name,
    bestEffort,
    builder,
  }));
}

function baseOf(base: WrittenBase): BaseSettings {
  if (!('filter' in base)) return base;
  const { owners, ...filters } = base.filter;
  const entries = Object.entries(filters).map(([name, values]) => [
    name,
    Array.isArray(values) ? values : [values],
  ]);
  return { filter: { owners, filters: Object.fromEntries(entries) } };
}

/** Ubuntu's images have one user to log in as, `ubuntu` (Ubuntu's documentation of its EC2 images). */
function imageWithDefaults(image: WrittenImage): ImageSettings {
  const matrix = image.matrix ?? {};
  const fromMatrix = (variable: string) => (Object.hasOwn(matrix, variable) ? `{${variable}}` : undefined);
  return {
    matrix,
    name: image.name,
    ...definedOnly({ amiName: image.amiName }),
    base: baseOf(image.base),
    architecture: image.architecture ?? fromMatrix('architecture') ?? 'x86_64',
    virtualization: image.virtualization ?? fromMatrix('virtualization') ?? 'hvm',
    rootDevice: image.rootDevice ?? 'ebs',
    bundle: { credentials: 'instance-profile', ...image.bundle },
    builder: 'ubuntu' in image.base ? { ssh_username: 'ubuntu', ...image.builder } : image.builder,
  };
}

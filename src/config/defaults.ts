import { normalize } from 'node:path';
import type {
  BaseSettings,
  ImageSettings,
  Json,
  Provisioner,
  Publication,
  RegionSettings,
} from './publication.ts';

type Options = Record<string, Json>;

/** A publication as it is written, once its shape is known to be right. */
export interface Written {
  version: string;
  account?: string;
  amiName: string;
  regions: string[] | Record<string, Options>;
  images: WrittenImage[];
  provisioners?: Provisioner[];
  share?: { accounts?: string[] };
  record?: string;
}

interface WrittenImage {
  matrix?: Record<string, string[]>;
  name: string;
  amiName?: string;
  base: BaseSettings;
  architecture?: string;
  virtualization?: string;
  rootDevice?: 'ebs';
  builder: Options;
}

/** What is written, with everything that may be left out filled in. Shared with nobody unless it says so. */
export function withDefaults(
  written: Written,
  from: Pick<Publication, 'name' | 'file' | 'folder'>,
): Publication {
  const { version, account, amiName, regions, images, provisioners, share, record } = written;
  return {
    ...from,
    version,
    ...(account === undefined ? {} : { account }),
    amiName,
    regions: regionsOf(regions),
    images: images.map(imageOf),
    provisioners: provisioners ?? [],
    share: { accounts: [...(share?.accounts ?? [])].sort() },
    ...(record === undefined ? {} : { record: normalize(record) }),
  };
}

function regionsOf(regions: Written['regions']): RegionSettings[] {
  if (Array.isArray(regions)) return regions.map((name) => ({ name, builder: {} }));
  return Object.entries(regions).map(([name, builder]) => ({ name, builder }));
}

/** Ubuntu's images have one user to log in as, `ubuntu` (Ubuntu's documentation of its EC2 images). */
function imageOf(image: WrittenImage): ImageSettings {
  const matrix = image.matrix ?? {};
  const fromMatrix = (variable: string) => (Object.hasOwn(matrix, variable) ? `{${variable}}` : undefined);
  return {
    matrix,
    name: image.name,
    ...(image.amiName === undefined ? {} : { amiName: image.amiName }),
    base: image.base,
    architecture: image.architecture ?? fromMatrix('architecture') ?? 'x86_64',
    virtualization: image.virtualization ?? fromMatrix('virtualization') ?? 'hvm',
    rootDevice: image.rootDevice ?? 'ebs',
    builder: 'ubuntu' in image.base ? { ssh_username: 'ubuntu', ...image.builder } : image.builder,
  };
}

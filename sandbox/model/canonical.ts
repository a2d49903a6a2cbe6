import type { Ubuntu } from './contract.ts';
import { derivedId } from './identifiers.ts';
import type { ImageRecord, SnapshotRecord } from './records.ts';

/** Canonical's account, which publishes Ubuntu ("Find Ubuntu images with SSM", Ubuntu documentation). */
export const canonicalAccount = '099720109477';

/** One way in which Canonical makes a release into an image. */
interface Flavour {
  /** Between `ubuntu/images/` and `ubuntu-…` in the image's name. */
  folder: string;
  virtualization: 'hvm' | 'paravirtual';
  /** Volume type of the root; absent where it is on instance-store. */
  volume?: 'gp2' | 'gp3';
  /** Whether SSM has parameters for it, under `hvm/ebs-gp2` for example. */
  inParameters: boolean;
}

interface Release extends Ubuntu {
  flavours: readonly Flavour[];
  architectures: readonly Architecture[];
  /** Older first. */
  serials: readonly Serial[];
}

interface Serial {
  serial: string;
  /** Private by now: Canonical takes back images of ended releases that nobody uses ("Retention policy"). */
  isPrivate?: boolean;
}

interface Architecture {
  ofUbuntu: 'amd64' | 'arm64';
  ofEc2: 'x86_64' | 'arm64';
}

const amd64: Architecture = { ofUbuntu: 'amd64', ofEc2: 'x86_64' };
const arm64: Architecture = { ofUbuntu: 'arm64', ofEc2: 'arm64' };

const onGp2: Flavour = { folder: 'hvm-ssd/', virtualization: 'hvm', volume: 'gp2', inParameters: true };
const onGp3: Flavour = { folder: 'hvm-ssd-gp3/', virtualization: 'hvm', volume: 'gp3', inParameters: true };

/**
 * The names of images up to 14.04, as DescribeImages showed them: `hvm-ssd` and `ebs-ssd` on EBS; on instance-store
 * `hvm-instance` (the acceptance tests of Terraform's aws_ami), and nothing where paravirtual (EC2's metadata of such
 * instances).
 */
const ofOldReleases: readonly Flavour[] = [
  { ...onGp2 },
  { folder: 'ebs-ssd/', virtualization: 'paravirtual', volume: 'gp2', inParameters: false },
  { folder: 'hvm-instance/', virtualization: 'hvm', inParameters: false },
  { folder: '', virtualization: 'paravirtual', inParameters: false },
];

const serials = (...names: string[]): Serial[] => names.map((serial) => ({ serial }));

const releases: readonly Release[] = [
  {
    version: '12.04',
    codename: 'precise',
    flavours: ofOldReleases.map((flavour) => ({ ...flavour, inParameters: false })),
    architectures: [amd64],
    serials: [{ serial: '20120424', isPrivate: true }, ...serials('20170417', '20170502')],
  },
  {
    version: '14.04',
    codename: 'trusty',
    flavours: ofOldReleases,
    architectures: [amd64],
    serials: [{ serial: '20140416.1', isPrivate: true }, ...serials('20190429', '20190514')],
  },
  {
    version: '20.04',
    codename: 'focal',
    flavours: [onGp2],
    architectures: [amd64, arm64],
    serials: serials('20250115', '20250408'),
  },
  {
    version: '22.04',
    codename: 'jammy',
    flavours: [onGp2],
    architectures: [amd64, arm64],
    serials: serials('20260612', '20260911'),
  },
  {
    version: '24.04',
    codename: 'noble',
    flavours: [onGp3],
    architectures: [amd64, arm64],
    serials: serials('20260618', '20260923'),
  },
];

interface Published {
  ubuntu: Ubuntu;
  image: ImageRecord;
  /** Absent where the root is on instance-store. */
  snapshot?: SnapshotRecord;
  /** Names of the SSM parameters that hold the image's id. */
  parameters: string[];
}

const published = new Map<string, Published[]>();

/**
 * What Canonical publishes in a region, and what it published and has taken back. It follows from the region's name
 * alone and is never part of the state.
 */
export const canonicalIn = (region: string): Published[] => {
  const known = published.get(region);
  if (known) return known;
  const made = releases.flatMap((release) =>
    release.flavours.flatMap((flavour) =>
      release.architectures.flatMap((architecture) =>
        release.serials.map((serial) => publish(region, release, flavour, architecture, serial)),
      ),
    ),
  );
  published.set(region, made);
  return made;
};

const publish = (
  region: string,
  release: Release,
  flavour: Flavour,
  architecture: Architecture,
  { serial, isPrivate = false }: Serial,
): Published => {
  const { version, codename } = release;
  const path = `images/${flavour.folder}ubuntu-${codename}-${version}-${architecture.ofUbuntu}-server-${serial}`;
  const name = `ubuntu/${path}`;
  const date = `${serial.slice(0, 4)}-${serial.slice(4, 6)}-${serial.slice(6, 8)}`;
  const createdAt = `${date}T03:14:07.000Z`;
  const permissions = { everyone: !isPrivate, accounts: [] };
  const common = {
    id: derivedId('ami', region, name),
    owner: canonicalAccount,
    name,
    description: `Canonical, Ubuntu, ${version} LTS, ${architecture.ofUbuntu} ${codename} image build on ${date}`,
    createdAt,
    state: 'available' as const,
    architecture: architecture.ofEc2,
    virtualization: flavour.virtualization,
    rootDeviceName: '/dev/sda1',
    enaSupport: flavour.virtualization === 'hvm' && flavour.volume !== undefined && version !== '12.04',
    ...(flavour.virtualization === 'hvm' ? { sriovNetSupport: 'simple' } : {}),
    permissions,
    deprecatedAt: `${Number(serial.slice(0, 4)) + 2}${createdAt.slice(4)}`,
  };
  const ubuntu = { version, codename };
  if (flavour.volume === undefined) {
    // Bundles lie in a bucket of each region: `ubuntu-us-east-1/images/….manifest.xml`.
    const location = `ubuntu-${region}/${path}.manifest.xml`;
    const rootDeviceType = 'instance-store' as const;
    return { ubuntu, image: { ...common, location, rootDeviceType, devices: [] }, parameters: [] };
  }
  const snapshot: SnapshotRecord = {
    id: derivedId('snap', region, name),
    owner: canonicalAccount,
    volume: 'vol-ffffffff',
    size: 8,
    description: '',
    startedAt: createdAt,
    encrypted: false,
    permissions,
  };
  const image: ImageRecord = {
    ...common,
    location: `${canonicalAccount}/${name}`,
    devices: [
      {
        device: '/dev/sda1',
        ebs: {
          snapshot: snapshot.id,
          size: 8,
          type: flavour.volume,
          encrypted: false,
          deleteOnTermination: true,
          ...(flavour.volume === 'gp3' ? { iops: 3000, throughput: 125 } : {}),
        },
      },
      { device: '/dev/sdb', virtualName: 'ephemeral0' },
      { device: '/dev/sdc', virtualName: 'ephemeral1' },
    ],
  };
  const parameters =
    flavour.inParameters && !isPrivate ? parametersOf(release, flavour, architecture, serial) : [];
  return { ubuntu, image, snapshot, parameters };
};

/** An SSM parameter for each serial, and `current` for the newest. */
const parametersOf = (
  { version, serials: all }: Release,
  { volume }: Flavour,
  { ofUbuntu }: Architecture,
  serial: string,
): string[] => {
  const which = all.at(-1)?.serial === serial ? [serial, 'current'] : [serial];
  return which.map(
    (one) =>
      `/aws/service/canonical/ubuntu/server/${version}/stable/${one}/${ofUbuntu}/hvm/ebs-${volume}/ami-id`,
  );
};

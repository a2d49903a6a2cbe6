import type { Ubuntu } from './contract.ts';
import { derivedId } from './identifiers.ts';
import type { ImageRecord, SnapshotRecord } from './records.ts';

/** Canonical's account, which publishes Ubuntu ("Find Ubuntu images with SSM", Ubuntu documentation). */
export const canonicalAccount = '099720109477';

interface Release extends Ubuntu {
  /** Volume type in the image's name and in the parameter's path: gp3 from 23.10 on. */
  volume: { name: string; path: string; type: string };
  /** Older first. */
  serials: readonly [string, string];
}

const gp2 = { name: 'hvm-ssd', path: 'ebs-gp2', type: 'gp2' };
const gp3 = { name: 'hvm-ssd-gp3', path: 'ebs-gp3', type: 'gp3' };

const releases: readonly Release[] = [
  { version: '20.04', codename: 'focal', volume: gp2, serials: ['20250115', '20250408'] },
  { version: '22.04', codename: 'jammy', volume: gp2, serials: ['20260612', '20260911'] },
  { version: '24.04', codename: 'noble', volume: gp3, serials: ['20260618', '20260923'] },
];

const architectures = [
  { ofUbuntu: 'amd64', ofEc2: 'x86_64' },
  { ofUbuntu: 'arm64', ofEc2: 'arm64' },
] as const;

interface Published {
  ubuntu: Ubuntu;
  image: ImageRecord;
  snapshot: SnapshotRecord;
  /** Names of the SSM parameters that hold the image's id. */
  parameters: string[];
}

const published = new Map<string, Published[]>();

/** What Canonical publishes in a region. It follows from the region's name alone and is never part of the state. */
export const canonicalIn = (region: string): Published[] => {
  const known = published.get(region);
  if (known) return known;
  const made = releases.flatMap((release) =>
    architectures.flatMap((architecture) =>
      release.serials.map((serial, index) =>
        publish(region, release, architecture, serial, index === release.serials.length - 1),
      ),
    ),
  );
  published.set(region, made);
  return made;
};

const publish = (
  region: string,
  { version, codename, volume }: Release,
  architecture: (typeof architectures)[number],
  serial: string,
  isCurrent: boolean,
): Published => {
  const name = `ubuntu/images/${volume.name}/ubuntu-${codename}-${version}-${architecture.ofUbuntu}-server-${serial}`;
  const createdAt = `${serial.slice(0, 4)}-${serial.slice(4, 6)}-${serial.slice(6)}T03:14:07.000Z`;
  const permissions = { everyone: true, accounts: [] };
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
    id: derivedId('ami', region, name),
    owner: canonicalAccount,
    name,
    description: `Canonical, Ubuntu, ${version} LTS, ${architecture.ofUbuntu} ${codename} image build on ${serial.slice(0, 4)}-${serial.slice(4, 6)}-${serial.slice(6)}`,
    location: `${canonicalAccount}/${name}`,
    createdAt,
    state: 'available',
    architecture: architecture.ofEc2,
    virtualization: 'hvm',
    rootDeviceName: '/dev/sda1',
    enaSupport: true,
    sriovNetSupport: 'simple',
    devices: [
      {
        device: '/dev/sda1',
        ebs: {
          snapshot: snapshot.id,
          size: 8,
          type: volume.type,
          encrypted: false,
          deleteOnTermination: true,
          ...(volume.type === 'gp3' ? { iops: 3000, throughput: 125 } : {}),
        },
      },
      { device: '/dev/sdb', virtualName: 'ephemeral0' },
      { device: '/dev/sdc', virtualName: 'ephemeral1' },
    ],
    permissions,
    deprecatedAt: `${Number(serial.slice(0, 4)) + 2}${createdAt.slice(4)}`,
  };
  const path = (which: string) =>
    `/aws/service/canonical/ubuntu/server/${version}/stable/${which}/${architecture.ofUbuntu}/hvm/${volume.path}/ami-id`;
  const ubuntu = { version, codename };
  return { ubuntu, image, snapshot, parameters: [path(serial), ...(isCurrent ? [path('current')] : [])] };
};

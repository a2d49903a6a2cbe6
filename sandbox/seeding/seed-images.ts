import type { Context } from '../calls/operation.ts';
import { addTags } from '../ec2/tag-set.ts';
import { checkId } from '../model/identifiers.ts';
import type { BlockDevice, ImageRecord, Permissions } from '../model/records.ts';
import type { SeededImage, SeededSnapshot } from './seeded-world.ts';
import { putNew } from './taken.ts';

const usualSize = 8;
const year = 365 * 24 * 3_600_000;

const permissionsOf = ({
  public: everyone = false,
  sharedWith = [],
}: Pick<SeededImage, 'public' | 'sharedWith'>): Permissions => ({ everyone, accounts: [...sharedWith] });

export const seedSnapshot = (context: Context, snapshot: SeededSnapshot): void => {
  const { id, startedAt, size = usualSize, description = '', tags = {} } = snapshot;
  checkId('snap', id);
  putNew(context, 'snapshot', id, {
    id,
    owner: context.account,
    volume: 'vol-ffffffff',
    size,
    description,
    startedAt,
    encrypted: false,
    permissions: permissionsOf(snapshot),
  });
  addTags(context, id, { ...tags });
};

const deviceNames = ['/dev/sda1', ...'bcdefghijklmnop'.split('').map((letter) => `/dev/sd${letter}`)];

const devicesOf = ({ snapshots = [], bundle }: SeededImage): BlockDevice[] => {
  if (bundle) return [];
  const ephemeral = deviceNames[snapshots.length];
  if (ephemeral === undefined) throw new Error(`an image has at most ${deviceNames.length - 1} volumes`);
  const volumes = snapshots.map(
    (snapshot, index): BlockDevice => ({
      device: deviceNames[index] ?? '',
      ebs: { snapshot, size: usualSize, type: 'gp3', encrypted: false, deleteOnTermination: true },
    }),
  );
  return [...volumes, { device: ephemeral, virtualName: 'ephemeral0' }];
};

const stateOf = (image: SeededImage): Pick<ImageRecord, 'state' | 'pendingUntil' | 'stateReason'> => {
  const { state = 'available', createdAt } = image;
  if (state === 'pending') {
    return { state: 'available', pendingUntil: new Date(Date.parse(createdAt) + year).toISOString() };
  }
  if (state !== 'failed') return { state };
  return {
    state,
    stateReason: { code: 'Client.InternalError', message: 'Client.InternalError: seeded as failed' },
  };
};

/** An image with its snapshots; `location` is its manifest's. */
export const seedImage = (context: Context, image: SeededImage, location?: string): void => {
  const { id, name, createdAt, virtualization = 'hvm', tags = {}, snapshots = [] } = image;
  checkId('ami', id);
  const { organizations, deprecatedAt, protection, launchedAt } = image;
  if (image.bundle && snapshots.length > 0)
    throw new Error(`${id}: expected a bundle or snapshots, found both`);
  const known = context.store.of('snapshot', context.account, context.region);
  for (const snapshot of snapshots) {
    if (known.get(snapshot)) continue;
    seedSnapshot(context, {
      id: snapshot,
      region: context.region,
      startedAt: createdAt,
      description: `Created by CreateImage for ${id}`,
      ...(image.public === undefined ? {} : { public: image.public }),
      ...(image.sharedWith === undefined ? {} : { sharedWith: image.sharedWith }),
      tags: image.snapshotTags ?? tags,
    });
  }
  putNew(context, 'image', id, {
    id,
    owner: context.account,
    name,
    description: image.description ?? '',
    location: location ?? `${context.account}/${name}`,
    createdAt,
    ...stateOf(image),
    architecture: image.architecture ?? 'x86_64',
    virtualization,
    rootDeviceName: '/dev/sda1',
    ...(image.bundle ? { rootDeviceType: 'instance-store' as const } : {}),
    enaSupport: virtualization === 'hvm' && !image.bundle,
    ...(virtualization === 'hvm' ? { sriovNetSupport: 'simple' } : {}),
    devices: devicesOf(image),
    permissions: { ...permissionsOf(image), ...(organizations ? { organizations: [...organizations] } : {}) },
    ...(deprecatedAt === undefined ? {} : { deprecatedAt }),
    ...(protection === undefined
      ? {}
      : { protection: { on: true, cooldown: protection === 'with-cooldown' } }),
    ...(launchedAt === undefined ? {} : { launches: [launchedAt] }),
  });
  addTags(context, id, { ...tags });
};

import { keyArn } from '../ec2/encryption.ts';
import { type AccountSettings, awsManagedKey } from '../model/account-settings.ts';
import { derivedId } from '../model/identifiers.ts';
import type { BlockDevice, ImageRecord, SnapshotRecord } from '../model/records.ts';
import { settingsOf } from '../state/stored-settings.ts';
import type { Declarer, Place } from './declarer.ts';

type Declared = AccountSettings['images'][number];
type DeclaredDevice = NonNullable<Declared['devices']>[number];

const ownerOf = ({ account }: Place, { owner = account }: Declared): string => owner;

const idOf = (place: Place, image: Declared): string =>
  image.id ?? derivedId('ami', 'declared', place.region, ownerOf(place, image), image.name);

const rootOf = ({ rootDeviceName = '/dev/sda1' }: Declared): string => rootDeviceName;

const devicesOf = (image: Declared): readonly DeclaredDevice[] =>
  image.devices ?? (image.rootDevice === 'instance-store' ? [] : [{ device: rootOf(image) }]);

const snapshotIdOf = (place: Place, image: Declared, { device, snapshot }: DeclaredDevice): string =>
  snapshot ?? derivedId('snap', 'declared', idOf(place, image), device);

const blockDevice = (place: Place, image: Declared, one: DeclaredDevice): BlockDevice => {
  const { device, virtualName, size = 8, type = 'gp3', encrypted = false } = one;
  if (virtualName !== undefined) return { device, virtualName };
  const { iops, throughput } = { ...(type === 'gp3' ? { iops: 3000, throughput: 125 } : {}), ...one };
  return {
    device,
    ebs: {
      snapshot: snapshotIdOf(place, image, one),
      size,
      type,
      encrypted,
      deleteOnTermination: one.deleteOnTermination ?? true,
      ...(iops === undefined ? {} : { iops }),
      ...(throughput === undefined ? {} : { throughput }),
    },
  };
};

/** The account that declares another account's AMI is one of those it is shared with; both accounts may declare it. */
const permissionsOf = (place: Place, image: Declared, before: ImageRecord | undefined) => {
  const isOwn = ownerOf(place, image) === place.account;
  const accounts = new Set([
    ...(isOwn ? [] : (before?.permissions.accounts ?? [])),
    ...(image.sharedWith ?? []),
    ...(isOwn || image.public ? [] : [place.account]),
  ]);
  return { everyone: image.public ?? false, accounts: [...accounts].sort() };
};

const instanceTypesOf = ({
  supportedInstanceTypes: supported,
  unsupportedInstanceTypes: unsupported,
}: Declared): Pick<ImageRecord, 'instanceTypes'> =>
  supported || unsupported
    ? { instanceTypes: { ...(supported && { supported }), ...(unsupported && { unsupported }) } }
    : {};

/** Each watermark, as if it had been attached to this image at its creation. */
const watermarksOf = (place: Place, image: Declared, createdAt: string): Pick<ImageRecord, 'watermarks'> => {
  const { watermarks = [] } = image;
  if (watermarks.length === 0) return {};
  const source = { sourceImage: idOf(place, image), sourceRegion: place.region, sourceCreatedAt: createdAt };
  return { watermarks: watermarks.map((key) => ({ key, ...source, attachedAt: createdAt })) };
};

const imageOf = (place: Place, image: Declared, before: ImageRecord | undefined): ImageRecord => {
  const owner = ownerOf(place, image);
  const { name, virtualization = 'hvm', rootDevice, state = 'available', ownerAlias } = image;
  const { deprecatedAt, bootMode, imdsSupport, platform, platformDetails, usageOperation } = image;
  const createdAt = image.createdAt ?? before?.createdAt ?? place.now.toISOString();
  const { sriovNetSupport = virtualization === 'hvm' ? 'simple' : 'none' } = image;
  return {
    id: idOf(place, image),
    owner,
    name,
    description: image.description ?? '',
    location: image.location ?? `${ownerAlias ?? owner}/${name}`,
    createdAt,
    state,
    ...(state === 'failed'
      ? { stateReason: { code: 'Client.InternalError', message: 'Client.InternalError: declared as failed' } }
      : {}),
    architecture: image.architecture ?? 'x86_64',
    virtualization,
    rootDeviceName: rootOf(image),
    ...(rootDevice === 'instance-store' ? { rootDeviceType: rootDevice } : {}),
    enaSupport: image.enaSupport ?? true,
    ...(sriovNetSupport === 'none' ? {} : { sriovNetSupport }),
    ...(ownerAlias && { ownerAlias }),
    ...(bootMode && { bootMode }),
    ...(imdsSupport && { imdsSupport }),
    ...(image.tpmSupport && { tpmSupport: image.tpmSupport }),
    ...instanceTypesOf(image),
    ...watermarksOf(place, image, createdAt),
    ...(image.scan && { scan: { ...image.scan, findings: image.scan.findings ?? [] } }),
    ...(platform && { platform }),
    ...(platformDetails && { platformDetails }),
    ...(usageOperation && { usageOperation }),
    ...(deprecatedAt && { deprecatedAt }),
    devices: devicesOf(image).map((one) => blockDevice(place, image, one)),
    permissions: permissionsOf(place, image, before),
  };
};

const snapshotsOf = (
  place: Place,
  image: Declared,
  { permissions, createdAt }: ImageRecord,
): SnapshotRecord[] => {
  const owner = ownerOf(place, image);
  const { store, region } = place;
  return devicesOf(image)
    .filter(({ virtualName }) => virtualName === undefined)
    .map((one) => ({
      id: snapshotIdOf(place, image, one),
      owner,
      volume: 'vol-ffffffff',
      size: one.size ?? 8,
      description: '',
      startedAt: createdAt,
      encrypted: one.encrypted ?? false,
      ...(one.encrypted
        ? { kmsKey: keyArn({ store, account: owner, region }, one.kmsKey ?? awsManagedKey) }
        : {}),
      permissions,
    }));
};

const remove = (place: Place, image: Declared): void => {
  const { store, region } = place;
  const owner = ownerOf(place, image);
  const id = idOf(place, image);
  const images = store.of('image', owner, region);
  const snapshots = store.of('snapshot', owner, region);
  for (const one of devicesOf(image)) {
    const snapshot = snapshotIdOf(place, image, one);
    if (snapshots.get(snapshot)) snapshots.delete(snapshot);
  }
  if (images.get(id)) images.delete(id);
  if (store.of('tags', owner, region).get(id)) store.of('tags', owner, region).delete(id);
};

/** AMIs with their snapshots, reset to what the rule says. */
export const declareImages: Declarer = (place, { images }) => {
  if (images === undefined) return;
  const { store, region } = place;
  const kept = new Set(images.map((image) => idOf(place, image)));
  for (const image of settingsOf(place).images) {
    if (!kept.has(idOf(place, image))) remove(place, image);
  }
  for (const image of images) {
    const owner = ownerOf(place, image);
    const all = store.of('image', owner, region);
    const made = imageOf(place, image, all.get(idOf(place, image)));
    all.put(made.id, made);
    for (const snapshot of snapshotsOf(place, image, made)) {
      store.of('snapshot', owner, region).put(snapshot.id, snapshot);
    }
    if (image.tags) store.of('tags', owner, region).put(made.id, image.tags);
  }
};

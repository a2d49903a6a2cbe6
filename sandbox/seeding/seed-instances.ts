import type { Context } from '../calls/operation.ts';
import { platformOf } from '../ec2/image-platform.ts';
import { anyImage } from '../ec2/image-records.ts';
import { nextAddress } from '../ec2/instance-records.ts';
import { subnetsOf } from '../ec2/network-records.ts';
import { addTags } from '../ec2/tag-set.ts';
import { checkId, newId } from '../model/identifiers.ts';
import type { InstanceRecord } from '../model/records.ts';
import type { SeededInstance, SeededVolume } from './seeded-world.ts';
import { putNew } from './taken.ts';

/** An instance without volumes of its own, in the first zone. */
export const seedInstance = (context: Context, instance: SeededInstance): void => {
  const { id, state, launchedAt, keyName, groups = [], tags = {} } = instance;
  checkId('i', id);
  const image = anyImage(context, instance.image);
  if (!image) throw new Error(`its image ${instance.image} is not described`);
  const [subnet] = subnetsOf(context);
  if (!subnet) throw new Error(`${context.region} has no zones`);
  const key = keyName && context.store.of('keyPair', context.account, context.region).get(keyName);
  const record: InstanceRecord = {
    id,
    reservation: newId('r'),
    owner: context.account,
    image: image.id,
    type: instance.type ?? 't3.micro',
    state,
    transitionReason: '',
    launchIndex: 0,
    launchedAt,
    ...(state === 'terminated' ? { terminatedAt: context.now.toISOString() } : {}),
    ...(keyName === undefined ? {} : { keyName }),
    publicKeys: key ? [key.publicKey] : [],
    address: nextAddress(context),
    isPublic: true,
    networkInterface: newId('eni'),
    subnet: subnet.id,
    vpc: subnet.vpc,
    zone: subnet.zone,
    groups: [...groups],
    architecture: image.architecture,
    virtualization: image.virtualization,
    rootDeviceName: image.rootDeviceName,
    ...(image.rootDeviceType === undefined ? {} : { rootDeviceType: image.rootDeviceType }),
    enaSupport: image.enaSupport,
    ...(image.sriovNetSupport === undefined ? {} : { sriovNetSupport: image.sriovNetSupport }),
    ...platformOf(image),
    ebsOptimized: false,
    monitoring: false,
    shutdownBehavior: 'stop',
    terminationProtection: false,
    clientToken: '',
    volumes: [],
    metadata: { httpTokens: 'optional', httpEndpoint: 'enabled', hopLimit: 1 },
    launchTags: { ...tags },
  };
  putNew(context, 'instance', id, record);
  addTags(context, id, { ...tags });
};

export const seedVolume = (context: Context, volume: SeededVolume): void => {
  const { id, createdAt, size = 8, snapshot = '', tags = {} } = volume;
  checkId('vol', id);
  const [subnet] = subnetsOf(context);
  putNew(context, 'volume', id, {
    id,
    size,
    type: 'gp3',
    iops: 3000,
    throughput: 125,
    encrypted: false,
    snapshot,
    zone: subnet?.zone ?? '',
    createdAt,
  });
  addTags(context, id, { ...tags });
};

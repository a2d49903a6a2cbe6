import type { Context } from '../calls/operation.ts';
import type { Machine, Ubuntu } from '../model/contract.ts';
import { lookUp } from '../model/identifiers.ts';
import type { InstanceRecord } from '../model/records.ts';
import { instanceProfilesOf } from '../state/instance-profiles.ts';
import { doneAt } from '../state/lifecycle.ts';
import type { Store } from '../state/store.ts';
import { ubuntuOf } from './image-lineage.ts';
import { privateAddressOf } from './network-interface-view.ts';
import { instancesOf } from './standing-use.ts';

const anHour = 3_600_000;

/** Instances that the calling account sees, including terminated ones for about an hour (DescribeInstances). */
export const visibleInstances = (context: Context): InstanceRecord[] =>
  instancesOf(context).filter(
    ({ terminatedAt }) =>
      terminatedAt === undefined || context.now.getTime() - new Date(terminatedAt).getTime() < anHour,
  );

export const ownInstance = (context: Context, id: string): InstanceRecord =>
  lookUp('i', id, (wanted) =>
    visibleInstances(context).find((instance) => instance.id === wanted && context.sees(wanted)),
  );

/** The time until which an instance is in transition to a new state; none if the transition is instantaneous. */
export const settling = ({ now }: Context, seconds: number): { settlesAt?: string } => {
  const settlesAt = doneAt(now, seconds);
  return settlesAt === undefined ? {} : { settlesAt };
};

export const putInstance = ({ store, region }: Context, instance: InstanceRecord): void =>
  store.of('instance', instance.owner, region).put(instance.id, instance);

export const machineOf = (store: Store, instance: InstanceRecord, region: string): Machine => {
  const ubuntu = ubuntuOf(store, instance.image);
  return {
    instanceId: instance.id,
    account: instance.owner,
    region,
    address: instance.elasticAddress?.address ?? instance.address,
    privateAddress: privateAddressOf(instance),
    publicKeys: hasSshd(instance) && readsMetadata(instance, ubuntu) ? instance.publicKeys : [],
    tags: instance.launchTags,
    image: instance.image,
    metadata: {
      answers: isAnswering(instance) && !isTokenRequired(instance),
      hasRole: instanceProfilesOf(store, instance.owner).some(
        ({ name, role }) => name === instance.instanceProfile && role !== undefined,
      ),
    },
    ...(ubuntu ? { ubuntu } : {}),
  };
};

/** Windows has no SSH server until somebody installs one, and user data is not run here. */
const hasSshd = ({ platform }: InstanceRecord) => platform !== 'windows';

const isAnswering = ({ metadata }: InstanceRecord) => metadata.httpEndpoint === 'enabled';
const isTokenRequired = ({ metadata }: InstanceRecord) => metadata.httpTokens === 'required';

/**
 * Whether cloud-init on the instance learns which key may log in. IMDSv2 came in November 2019, after the last images of Ubuntu
 * 14.04, so those cannot ask with a session token. An unknown system counts as a new one.
 */
const readsMetadata = (instance: InstanceRecord, ubuntu: Ubuntu | undefined): boolean =>
  isAnswering(instance) &&
  !(isTokenRequired(instance) && ubuntu !== undefined && Number.parseFloat(ubuntu.version) <= 14.04);

/** The instances that run according to the state, in all accounts and regions. */
export const runningMachines = (store: Store): Machine[] =>
  store
    .everywhere('instance')
    .filter(({ record }) => record.state === 'running')
    .map(({ record, region }) => machineOf(store, record, region));

const firstAddress = 1;
const lastAddress = 255 * 256 + 254;

/** The public address that belongs to a private one. */
const ownOf = (privateAddress: string): string => privateAddress.replace(/^127\.78\./, '127.77.');

/**
 * The next loopback address that no instance of any region or account has. Addresses are used in rotation, so that a released
 * one is not reused soon.
 */
export const nextAddress = ({ store, addressFor }: Context): string => {
  const counter = store.of('counter', '', '');
  const taken = new Set(
    store
      .everywhere('instance')
      .filter(({ record }) => record.state !== 'terminated')
      .flatMap(({ record }) => [record.address, ownOf(privateAddressOf(record))]),
  );
  let last = counter.get('address') ?? 0;
  for (let tries = firstAddress; tries <= lastAddress; tries += 1) {
    last = (last % lastAddress) + 1;
    const address = `127.77.${last >> 8}.${last & 255}`;
    if ((last & 255) === 0 || (last & 255) === 255 || taken.has(address)) continue;
    counter.put('address', last);
    return addressFor(address);
  }
  throw new Error('No loopback address is left for another instance');
};

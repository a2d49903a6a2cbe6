import { operations } from '../aws.ts';
import { type Context, refuseUnknownMembers } from '../calls/operation.ts';
import { userOf } from '../calls/sessions.ts';
import { accounts, defaultAccount } from '../model/accounts.ts';
import { AwsError } from '../model/aws-error.ts';
import { standardBehaviour } from '../model/behaviour.ts';
import { regionNames } from '../model/regions.ts';
import { Store } from '../state/store.ts';
import { seedBucket, seedBundle } from './seed-buckets.ts';
import { seedFleet, seedSpotFleet } from './seed-fleets.ts';
import { seedImage, seedSnapshot } from './seed-images.ts';
import { seedInstance, seedVolume } from './seed-instances.ts';
import type { Place, SeededCall, SeededWorld } from './seeded-world.ts';

/**
 * Writes a world into the state of a sandbox that is not running, in one transaction: all of it, or nothing. Images and their
 * resources are written as records, some thousands per second; calls are executed as real operations, without wire format and
 * signature. Running instances get their SSH side when the sandbox starts.
 *
 * @throws Error that names the place, for an unknown region or account, an id or a name that is taken, and a call that AWS
 * would refuse.
 */
export const seedState = (folder: string, world: SeededWorld, now = new Date()): void => {
  const store = new Store(folder);
  try {
    store.transact(() => write(folder, store, world, now));
  } finally {
    store.close();
  }
};

const write = (folder: string, store: Store, world: SeededWorld, now: Date): void => {
  const { buckets = [], images = [], snapshots = [], instances = [], volumes = [] } = world;
  const { fleets = [], spotFleets = [], calls = [] } = world;
  const all = <T extends Place>(
    kind: string,
    items: readonly T[],
    one: (context: Context, item: T) => void,
  ) => {
    for (const [index, item] of items.entries()) {
      named(`${kind}[${index}]`, () => one(contextAt(folder, store, item, now), item));
    }
  };
  all('buckets', buckets, seedBucket);
  all('snapshots', snapshots, seedSnapshot);
  all('images', images, (context, image) => {
    const location = image.bundle && seedBundle(context, image, image.bundle);
    seedImage(context, image, location);
  });
  all('instances', instances, seedInstance);
  all('volumes', volumes, seedVolume);
  all('fleets', fleets, seedFleet);
  all('spotFleets', spotFleets, seedSpotFleet);
  all('calls', calls, (context, call) => carryOut({ ...context, now: new Date(call.at ?? now) }, call));
};

const named = (place: string, work: () => void): void => {
  try {
    work();
  } catch (error) {
    const why = error instanceof AwsError ? `${error.code}: ${error.message}` : (error as Error).message;
    throw new Error(`${place}: ${why}`);
  }
};

const contextAt = (
  folder: string,
  store: Store,
  { region, account = defaultAccount.id }: Place,
  now: Date,
): Context => {
  if (!regionNames.has(region)) throw new Error(`unknown region ${region}`);
  if (!accounts.some(({ id }) => id === account)) throw new Error(`unknown account ${account}`);
  return {
    account,
    caller: userOf(account),
    region,
    now,
    store,
    folder,
    machines: { start: async () => {}, stop: async () => {} },
    addressFor: (address) => address,
    durations: standardBehaviour.durations,
    sees: () => true,
    afterwards: () => {},
  };
};

const carryOut = (context: Context, { service, operation, input }: SeededCall): void => {
  const its = operations[service][operation];
  if (!its) throw new Error(`the sandbox does not implement ${service}:${operation}`);
  refuseUnknownMembers(service, operation, its, input);
  its.run(context, input);
};

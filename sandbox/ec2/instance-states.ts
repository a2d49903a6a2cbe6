import type {
  InstanceStateChange,
  InstanceStateName,
  StartInstancesRequest,
  StartInstancesResult,
  StopInstancesRequest,
  StopInstancesResult,
  TerminateInstancesRequest,
  TerminateInstancesResult,
} from '@aws-sdk/client-ec2';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import { AwsError } from '../model/aws-error.ts';
import { checkId } from '../model/identifiers.ts';
import type { InstanceRecord } from '../model/records.ts';
import { instanceState } from '../state/lifecycle.ts';
import type { Store } from '../state/store.ts';
import { machineOf, nextAddress, ownInstance, putInstance, settling } from './instance-records.ts';
import { stateView } from './instance-view.ts';
import { privateAddressOf } from './network-interface-view.ts';
import {
  closeSpotRequest,
  disableSpotRequest,
  type EndedBy,
  enableSpotRequest,
  resumeSpotRequest,
  spotRequestOf,
} from './spot-requests.ts';
import { dropTags } from './tag-set.ts';

/**
 * Starts the SSH side of an instance before the answer is sent. If that fails, the instance ends with a reason, like one that
 * AWS could not start. If the instance has ended in the meantime, the SSH side is stopped again.
 */
export const startMachine = (context: Context, instance: InstanceRecord): void =>
  context.afterwards(async () => {
    const { store, machines, region } = context;
    const current = () => store.of('instance', instance.owner, region).get(instance.id);
    try {
      await machines.start(machineOf(store, instance, region));
      if (current()?.state !== 'running') await machines.stop(instance.id);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      store.transact(() => {
        const now = current();
        if (!now || now.state === 'terminated') return;
        putInstance(context, {
          ...terminated(context, now, 0),
          stateReason: {
            code: 'Server.InternalError',
            message: `The sandbox has no SSH side for it: ${why}`,
          },
        });
      });
    }
  });

const terminated = (
  context: Context,
  instance: InstanceRecord,
  seconds: number,
  by: EndedBy = 'user',
): InstanceRecord => {
  const volumes = context.store.of('volume', context.account, context.region);
  for (const { volume, deleteOnTermination } of instance.volumes) {
    const record = volumes.get(volume);
    if (!record) continue;
    if (deleteOnTermination) {
      volumes.delete(volume);
      dropTags(context, volume);
    } else {
      const { attachment: _, ...detached } = record;
      volumes.put(volume, detached);
    }
  }
  dropTags(context, instance.networkInterface);
  closeSpotRequest(context, instance, by);
  const { elasticAddress: _, ...left } = moved(context, instance, 'terminated', seconds);
  return {
    ...left,
    terminatedAt: context.now.toISOString(),
    stateReason: {
      code: 'Client.UserInitiatedShutdown',
      message: 'Client.UserInitiatedShutdown: User initiated shutdown',
    },
    transitionReason: userInitiated(context),
    volumes: [],
  };
};

/** An instance that is being stopped. */
const stopped = (
  context: Context,
  instance: InstanceRecord,
  seconds: number,
  by: EndedBy = 'user',
): InstanceRecord => {
  disableSpotRequest(context, instance, by);
  return {
    ...moved(context, instance, 'stopped', seconds),
    transitionReason: userInitiated(context),
    stateReason: {
      code: 'Client.UserInitiatedShutdown',
      message: 'Client.UserInitiatedShutdown: User initiated shutdown',
    },
  };
};

/** Starts a stopped instance. */
const start = (context: Context, instance: InstanceRecord): void => {
  const { stateReason: _, ...rest } = moved(context, instance, 'running', context.durations.instanceStart);
  const started: InstanceRecord = {
    ...rest,
    transitionReason: '',
    launchedAt: context.now.toISOString(),
    // "Your instance retains its private IPv4 addresses" ("Stop and start Amazon EC2 instances").
    privateAddress: privateAddressOf(instance),
    address: nextAddress(context),
  };
  putInstance(context, started);
  startMachine(context, started);
};

/** Restarts a Spot Instance that EC2 stopped. */
export const restart = (context: Context, instance: InstanceRecord): void => {
  resumeSpotRequest(context, instance);
  start(context, instance);
};

/**
 * Interrupts a Spot Instance: ends it, or stops it if its request is persistent, as EC2 does when it needs the capacity. False
 * if it is not a running Spot Instance.
 */
export const interruptSpot = (store: Store, now: Date, instanceId: string): boolean => {
  const found = store.everywhere('instance').find(({ record }) => record.id === instanceId);
  if (found?.record.state !== 'running' || found.record.spotRequest === undefined) return false;
  const { record, account, region } = found;
  store.transact(() => {
    const context = { store, account, region, now } as Context;
    const isPersistent = spotRequestOf(context, record)?.isPersistent ?? false;
    const code = isPersistent ? 'Server.SpotInstanceShutdown' : 'Server.SpotInstanceTermination';
    const what = isPersistent ? 'shutdown' : 'termination';
    putInstance(context, {
      ...(isPersistent ? stopped : terminated)(context, record, 0, 'market'),
      stateReason: { code, message: `${code}: Spot instance ${what}` },
      transitionReason: code,
    });
  });
  return true;
};

/** An instance in transition to another state for this many seconds. */
const moved = (
  context: Context,
  instance: InstanceRecord,
  state: InstanceRecord['state'],
  seconds: number,
): InstanceRecord => {
  const { settlesAt: _, ...rest } = instance;
  return { ...rest, state, ...settling(context, seconds) };
};

/** `User initiated (2024-01-31 12:00:00 GMT)` */
const userInitiated = ({ now }: Context): string =>
  `User initiated (${now.toISOString().slice(0, 19).replace('T', ' ')} GMT)`;

const ownInstances = (context: Context, ids: string[] | undefined): InstanceRecord[] => {
  for (const id of ids ?? []) checkId('i', id);
  return [...new Set(ids)].map((id) => ownInstance(context, id));
};

const change = (
  { now }: Context,
  instance: InstanceRecord,
  current: InstanceStateName,
): InstanceStateChange => ({
  InstanceId: instance.id,
  PreviousState: stateView(instanceState(instance, now)),
  CurrentState: stateView(current),
});

const unchanged = (context: Context, instance: InstanceRecord): InstanceStateChange =>
  change(context, instance, instanceState(instance, context.now));

const stopMachine = (context: Context, instance: InstanceRecord): void => {
  if (instance.state === 'running') context.afterwards(() => context.machines.stop(instance.id));
};

const refuseIn = (
  { now }: Context,
  instances: InstanceRecord[],
  states: InstanceStateName[],
  verb: string,
): void => {
  const wrong = instances.find((instance) => states.includes(instanceState(instance, now)));
  if (wrong) {
    throw new AwsError(
      'IncorrectInstanceState',
      `The instance '${wrong.id}' is not in a state from which it can be ${verb}.`,
    );
  }
};

const refuseWithoutVolumes = (instances: InstanceRecord[], verb: string): void => {
  const wrong = instances.find(({ rootDeviceType }) => rootDeviceType === 'instance-store');
  if (wrong) {
    throw new AwsError(
      'UnsupportedOperation',
      `The instance '${wrong.id}' does not have an 'ebs' root device type and cannot be ${verb}.`,
    );
  }
};

/** Only an instance of an active persistent request may be stopped ("Stop a Spot Instance"). */
const refuseSpot = (context: Context, instances: InstanceRecord[]): void => {
  const refused = instances.find((instance) => {
    const request = spotRequestOf(context, instance);
    return request && !(request.isPersistent && request.state !== 'cancelled');
  });
  if (!refused) return;
  const { isPersistent } = spotRequestOf(context, refused) ?? {};
  throw new AwsError(
    'UnsupportedOperation',
    `You can't stop the Spot Instance '${refused.id}' because it is associated with a ${isPersistent ? 'cancelled' : 'one-time'} Spot Instance request. You can only stop Spot Instances associated with persistent Spot Instance requests.`,
  );
};

/** The answers name the transitional state even if the transition takes no time, as AWS's do. */
export const instanceStateOperations: Record<string, Operation> = {
  StopInstances: operation<StopInstancesRequest, StopInstancesResult>(
    ['InstanceIds', 'Force'],
    (context, { InstanceIds }) => {
      const instances = ownInstances(context, InstanceIds);
      refuseIn(context, instances, ['pending', 'shutting-down', 'terminated'], 'stopped');
      refuseWithoutVolumes(instances, 'stopped');
      refuseSpot(context, instances);
      return {
        StoppingInstances: instances.map((instance) => {
          if (instance.state === 'stopped') return unchanged(context, instance);
          putInstance(context, stopped(context, instance, context.durations.instanceStop));
          stopMachine(context, instance);
          return change(context, instance, 'stopping');
        }),
      };
    },
  ),

  StartInstances: operation<StartInstancesRequest, StartInstancesResult>(
    ['InstanceIds'],
    (context, { InstanceIds }) => {
      const instances = ownInstances(context, InstanceIds);
      refuseIn(context, instances, ['stopping', 'shutting-down', 'terminated'], 'started');
      refuseWithoutVolumes(instances, 'started');
      return {
        StartingInstances: instances.map((instance) => {
          if (instance.state === 'running') return unchanged(context, instance);
          enableSpotRequest(context, instance);
          start(context, instance);
          return change(context, instance, 'pending');
        }),
      };
    },
  ),

  TerminateInstances: operation<TerminateInstancesRequest, TerminateInstancesResult>(
    ['InstanceIds', 'Force'],
    (context, { InstanceIds }) => {
      const instances = ownInstances(context, InstanceIds);
      const kept = instances.find(({ terminationProtection }) => terminationProtection);
      if (kept) {
        throw new AwsError(
          'OperationNotPermitted',
          `The instance '${kept.id}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.`,
        );
      }
      return {
        TerminatingInstances: instances.map((instance) => {
          if (instance.state === 'terminated') return unchanged(context, instance);
          putInstance(context, terminated(context, instance, context.durations.instanceEnd));
          stopMachine(context, instance);
          return change(context, instance, 'shutting-down');
        }),
      };
    },
  ),
};

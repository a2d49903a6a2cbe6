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
import { AwsError } from '../aws-error.ts';
import { checkId } from '../identifiers.ts';
import { type Context, type Operation, operation } from '../operation.ts';
import type { InstanceRecord } from '../records.ts';
import { machineOf, nextAddress, ownInstance, putInstance, settling } from './instance-records.ts';
import { stateView } from './instance-view.ts';
import { dropTags } from './tag-set.ts';

/**
 * Has the SSH side answer for an instance before the answer goes out. Where it cannot, the instance ends with a reason,
 * as one does that AWS could not start; where it ended meanwhile, the SSH side is taken down again.
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
          ...terminated(context, now),
          stateReason: {
            code: 'Server.InternalError',
            message: `The sandbox has no SSH side for it: ${why}`,
          },
        });
      });
    }
  });

const terminated = (context: Context, instance: InstanceRecord): InstanceRecord => {
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
  return {
    ...instance,
    state: 'terminated',
    terminatedAt: context.now.toISOString(),
    stateReason: {
      code: 'Client.UserInitiatedShutdown',
      message: 'Client.UserInitiatedShutdown: User initiated shutdown',
    },
    transitionReason: userInitiated(context),
    volumes: [],
  };
};

/** `User initiated (2024-01-31 12:00:00 GMT)` */
const userInitiated = ({ now }: Context): string =>
  `User initiated (${now.toISOString().slice(0, 19).replace('T', ' ')} GMT)`;

const ownInstances = (context: Context, ids: string[] | undefined): InstanceRecord[] => {
  for (const id of ids ?? []) checkId('i', id);
  return [...new Set(ids)].map((id) => ownInstance(context, id));
};

const change = (instance: InstanceRecord, current: InstanceStateName): InstanceStateChange => ({
  InstanceId: instance.id,
  PreviousState: stateView(instance.state),
  CurrentState: stateView(current),
});

const stopMachine = (context: Context, instance: InstanceRecord): void => {
  if (instance.state === 'running') context.afterwards(() => context.machines.stop(instance.id));
};

const refuseTerminated = (instances: InstanceRecord[], verb: string): void => {
  const gone = instances.find(({ state }) => state === 'terminated');
  if (gone) {
    throw new AwsError(
      'IncorrectInstanceState',
      `The instance '${gone.id}' is not in a state from which it can be ${verb}.`,
    );
  }
};

/** States are reached at the first look; the answers name the state on the way, as AWS's do. */
export const instanceStateOperations: Record<string, Operation> = {
  StopInstances: operation<StopInstancesRequest, StopInstancesResult>(
    ['InstanceIds', 'Force'],
    (context, { InstanceIds }) => {
      const instances = ownInstances(context, InstanceIds);
      refuseTerminated(instances, 'stopped');
      return {
        StoppingInstances: instances.map((instance) => {
          if (instance.state === 'stopped') return change(instance, 'stopped');
          putInstance(context, {
            ...instance,
            state: 'stopped',
            transitionReason: userInitiated(context),
            stateReason: {
              code: 'Client.UserInitiatedShutdown',
              message: 'Client.UserInitiatedShutdown: User initiated shutdown',
            },
          });
          stopMachine(context, instance);
          return change(instance, 'stopping');
        }),
      };
    },
  ),

  StartInstances: operation<StartInstancesRequest, StartInstancesResult>(
    ['InstanceIds'],
    (context, { InstanceIds }) => {
      const instances = ownInstances(context, InstanceIds);
      refuseTerminated(instances, 'started');
      return {
        StartingInstances: instances.map((instance) => {
          if (instance.state === 'running') return change(instance, 'running');
          const { stateReason: _, ...rest } = instance;
          const started: InstanceRecord = {
            ...rest,
            state: 'running',
            transitionReason: '',
            launchedAt: context.now.toISOString(),
            address: nextAddress(context),
          };
          putInstance(context, started);
          startMachine(context, started);
          return change(instance, 'pending');
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
          if (instance.state === 'terminated') return change(instance, 'terminated');
          putInstance(context, terminated(context, instance));
          stopMachine(context, instance);
          return change(instance, 'shutting-down');
        }),
      };
    },
  ),
};

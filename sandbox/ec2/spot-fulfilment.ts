import type { Context } from '../calls/operation.ts';
import { AwsError } from '../model/aws-error.ts';
import type { SpotRequestRecord } from '../model/spot-records.ts';
import { doneAt, isUnderWay } from '../state/lifecycle.ts';
import { restart, startMachine } from './instance-states.ts';
import { launch } from './launch.ts';
import { failSpotRequest, isInterrupted } from './spot-requests.ts';
import { addTags } from './tag-set.ts';

/** Temporary refusals: the request keeps waiting. */
const waitsFor = ['MaxSpotInstanceCountExceeded', 'SpotMaxPriceTooLow'];

/**
 * Launches another instance for an open request, with the launch of the first one ("Terminate a Spot Instance": "the Spot
 * Instance request transitions to the open state so that a new Spot Instance can be launched").
 */
const launchAgain = (context: Context, request: SpotRequestRecord): void => {
  if (!request.launch) return;
  const [instance] = launch(context, request.launch.request, undefined, request);
  if (!instance) return;
  addTags(context, instance.id, request.launch.tags);
  if (instance.state === 'running') startMachine(context, instance);
};

/** "Amazon EC2 restarts the stopped instance when capacity is available" ("Behavior of Spot Instance interruptions"). */
const startAgain = (context: Context, request: SpotRequestRecord): void => {
  const instance = context.store.of('instance', context.account, context.region).get(request.instance);
  if (instance?.state === 'stopped') restart(context, instance);
};

/** Capacity is available again after as long as an instance takes to start. */
const isDue = ({ now, durations }: Context, { status }: SpotRequestRecord): boolean =>
  !isUnderWay(doneAt(new Date(status.at), durations.instanceStart), now);

/**
 * Gives persistent Spot requests in all accounts and regions their instance back. A request that can no longer be fulfilled,
 * for example because its AMI is gone, fails ("Spot request status", `bad-parameters`).
 */
export const fulfilSpotRequests = (context: Context): void => {
  const { store } = context;
  for (const { account, region, record: request } of store.everywhere('spotRequest')) {
    const isOpen = request.state === 'open';
    if (!request.isPersistent || !(isOpen || isInterrupted(request)) || !isDue(context, request)) continue;
    const its = { ...context, account, region };
    try {
      store.transact(() => (isOpen ? launchAgain : startAgain)(its, request));
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      if (!waitsFor.includes(error.code)) store.transact(() => failSpotRequest(its, request, error));
    }
  }
};

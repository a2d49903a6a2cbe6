import type {
  GetConsoleOutputRequest,
  GetConsoleOutputResult,
  RebootInstancesRequest,
} from '@aws-sdk/client-ec2';
import { type Operation, operation } from '../calls/operation.ts';
import { AwsError } from '../model/aws-error.ts';
import { checkId } from '../model/identifiers.ts';
import { instanceState } from '../state/lifecycle.ts';
import { ownInstance } from './instance-records.ts';
import { startMachine } from './instance-states.ts';

/** The sandbox's instances run no system, so their consoles have nothing to show. */
const says =
  'This is an instance of the gopackgo sandbox: it runs no system, and its console says no more than this.\n';

export const instanceConsoleOperations: Record<string, Operation> = {
  GetConsoleOutput: operation<GetConsoleOutputRequest, GetConsoleOutputResult>(
    ['InstanceId', 'Latest'],
    (context, { InstanceId = '', Latest }) => {
      const instance = ownInstance(context, InstanceId);
      if (Latest && !/^([a-z]+[5-9]|t3|t4)/.test(instance.type)) {
        throw new AwsError(
          'UnsupportedOperation',
          'This instance type does not support retrieving the latest console logs.',
        );
      }
      return {
        InstanceId: instance.id,
        Output: Buffer.from(says).toString('base64'),
        Timestamp: context.now,
      };
    },
  ),

  /** Cuts the connections of running instances; they answer again at once. */
  RebootInstances: operation<RebootInstancesRequest, object>(
    ['InstanceIds'],
    (context, { InstanceIds = [] }) => {
      for (const id of InstanceIds) checkId('i', id);
      const instances = [...new Set(InstanceIds)].map((id) => ownInstance(context, id));
      const wrong = instances.find((instance) => instanceState(instance, context.now) !== 'running');
      if (wrong) {
        throw new AwsError(
          'IncorrectState',
          `The instance '${wrong.id}' is not in a state from which it can be rebooted.`,
        );
      }
      for (const instance of instances) startMachine(context, instance);
      return {};
    },
  ),
};

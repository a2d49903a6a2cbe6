import type {
  DeleteParameterRequest,
  DeleteParametersRequest,
  DeleteParametersResult,
} from '@aws-sdk/client-ssm';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import { AwsError } from '../model/aws-error.ts';
import { keyOf, ownParameter } from '../state/parameters.ts';

/** Deletes a parameter of the calling account. Returns whether it existed. */
const remove = (context: Context, name: string): boolean => {
  const parameters = context.store.of('parameter', context.account, context.region);
  const existed = ownParameter(context, name) !== undefined;
  if (existed) parameters.delete(keyOf(name));
  return existed;
};

export const deleteParameterOperations: Record<string, Operation> = {
  DeleteParameter: operation<DeleteParameterRequest, object>(['Name'], (context, { Name = '' }) => {
    if (!remove(context, Name)) throw new AwsError('ParameterNotFound', `Parameter ${Name} not found.`);
    return {};
  }),

  /** Ten names per call; unknown names are listed and are no error (DeleteParameters). */
  DeleteParameters: operation<DeleteParametersRequest, DeleteParametersResult>(
    ['Names'],
    (context, { Names = [] }) => {
      if (Names.length < 1 || Names.length > 10) {
        const bound = Names.length < 1 ? 'greater than or equal to 1' : 'less than or equal to 10';
        throw new AwsError(
          'ValidationException',
          `1 validation error detected: Value '[${Names.join(', ')}]' at 'names' failed to satisfy constraint: Member must have length ${bound}`,
        );
      }
      const removed = new Map(Names.map((name) => [name, remove(context, name)]));
      return {
        DeletedParameters: Names.filter((name) => removed.get(name)),
        InvalidParameters: Names.filter((name) => !removed.get(name)),
      };
    },
  ),
};

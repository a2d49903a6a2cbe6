import type { ListAccountAliasesRequest, ListAccountAliasesResponse } from '@aws-sdk/client-iam';
import { type Operation, operation } from '../calls/operation.ts';
import { AwsError } from '../model/aws-error.ts';

export const accountAliasOperations: Record<string, Operation> = {
  /** No account of the sandbox has an alias, like a new AWS account. */
  ListAccountAliases: operation<ListAccountAliasesRequest, ListAccountAliasesResponse>(
    ['MaxItems', 'Marker'],
    (_, { MaxItems = 100, Marker }) => {
      if (MaxItems < 1 || MaxItems > 1000 || Marker !== undefined) {
        const [at, rule] =
          Marker === undefined
            ? ['maxItems', 'have value between 1 and 1000']
            : ['marker', 'be one of this list'];
        throw new AwsError(
          'ValidationError',
          `1 validation error detected: Value at '${at}' failed to satisfy constraint: Member must ${rule}`,
        );
      }
      return { AccountAliases: [], IsTruncated: false };
    },
  ),
};

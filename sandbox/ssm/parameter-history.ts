import type { GetParameterHistoryRequest, GetParameterHistoryResult } from '@aws-sdk/client-ssm';
import { type Operation, operation } from '../calls/operation.ts';
import { pageOf } from '../calls/pages.ts';
import { AwsError } from '../model/aws-error.ts';
import type { ParameterRecord } from '../model/records.ts';
import { ownParameter } from '../state/parameters.ts';
import { readValue } from './secure-strings.ts';

export const parameterHistoryOperations: Record<string, Operation> = {
  /** Every kept version, oldest first. Fifty per page by default. */
  GetParameterHistory: operation<GetParameterHistoryRequest, GetParameterHistoryResult>(
    ['Name', 'WithDecryption', 'MaxResults', 'NextToken'],
    (context, { Name = '', WithDecryption = false, MaxResults = 50, NextToken }) => {
      if (MaxResults < 1 || MaxResults > 50) {
        throw new AwsError(
          'ValidationException',
          `1 validation error detected: Value '${MaxResults}' at 'maxResults' failed to satisfy constraint: Member must have value between 1 and 50`,
        );
      }
      const found = ownParameter(context, Name);
      if (!found) throw new AwsError('ParameterNotFound', `Parameter ${Name} not found.`);
      const { items, next } = page([...(found.earlier ?? []), found], { MaxResults, NextToken });
      return {
        Parameters: items.map((record) => ({
          Name: record.name,
          Type: record.type,
          KeyId: record.keyId,
          LastModifiedDate: new Date(record.modifiedAt),
          LastModifiedUser: `arn:aws:iam::${context.account}:user/sandbox`,
          Description: record.description,
          Value: readValue(record, WithDecryption),
          Version: record.version,
          Labels: record.labels ?? [],
          Tier: 'Standard' as const,
          Policies: [],
          DataType: record.dataType,
        })),
        NextToken: next,
      };
    },
  ),
};

const page = (
  versions: ParameterRecord[],
  request: { MaxResults: number; NextToken: string | undefined },
) => {
  try {
    const idOf = ({ version }: ParameterRecord) => String(version).padStart(9, '0');
    return pageOf('GetParameterHistory', versions, idOf, request, { least: 1, most: 50 });
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw new AwsError('InvalidNextToken', 'The specified token is not valid.');
  }
};

import type {
  DescribeParametersRequest,
  DescribeParametersResult,
  ParameterStringFilter,
  ParametersFilter,
} from '@aws-sdk/client-ssm';
import { type Operation, operation } from '../calls/operation.ts';
import { pageOf } from '../calls/pages.ts';
import { AwsError, notImplemented } from '../model/aws-error.ts';
import type { ParameterRecord } from '../model/records.ts';
import { ownParameters, parameterArn } from '../state/parameters.ts';

type Test = (record: ParameterRecord) => boolean;

const fields: Record<string, (record: ParameterRecord) => string | undefined> = {
  Name: ({ name }) => name,
  KeyId: ({ keyId }) => keyId,
  Type: ({ type }) => type,
  DataType: ({ dataType }) => dataType,
  Tier: () => 'Standard',
};

const readerOf = (key: string): ((record: ParameterRecord) => string | undefined) | undefined => {
  if (key.startsWith('tag:') && key.length > 4) return ({ tags }) => tags?.[key.slice(4)];
  return Object.hasOwn(fields, key) ? fields[key] : undefined;
};

const isUnder = (path: string, name: string, deep: boolean): boolean => {
  const folder = path.endsWith('/') ? path : `${path}/`;
  return name.startsWith(folder) && (deep || !name.slice(folder.length).includes('/'));
};

/** One of a request's `ParameterFilters` ("ParameterStringFilter"). Throws Systems Manager's errors for unsupported ones. */
const testOf = ({ Key = '', Option, Values = [] }: ParameterStringFilter): Test => {
  const read = readerOf(Key);
  const isPath = Key === 'Path';
  if (!read && !isPath) {
    throw new AwsError('InvalidFilterKey', `The following filter key is not valid: ${Key}.`);
  }
  if (Values.length < 1 || Values.length > 50) {
    throw new AwsError(
      'InvalidFilterValue',
      `The filter ${Key} has ${Values.length} values; expected 1 to 50.`,
    );
  }
  const option = Option ?? (isPath ? 'OneLevel' : 'Equals');
  const options = isPath
    ? ['Recursive', 'OneLevel']
    : ['Equals', 'BeginsWith', ...(Key === 'Name' ? ['Contains'] : [])];
  if (!options.includes(option)) {
    throw new AwsError(
      'InvalidFilterOption',
      `The following filter option is not valid: ${option}. Valid options include: [${options.join(', ')}].`,
    );
  }
  if (isPath) {
    if (Values.some((path) => !path.startsWith('/'))) {
      throw new AwsError('InvalidFilterValue', 'The parameter path must begin with a slash "/".');
    }
    return ({ name }) => Values.some((path) => isUnder(path, name, option === 'Recursive'));
  }
  if (!read) return () => false;
  const matches = { Equals: 'equals', BeginsWith: 'startsWith', Contains: 'includes' } as const;
  return (record) => {
    const text = read(record);
    const how = matches[option as keyof typeof matches];
    return (
      text !== undefined && Values.some((value) => (how === 'equals' ? text === value : text[how](value)))
    );
  };
};

/** One of a request's older `Filters`. */
const olderTestOf = ({ Key, Values = [] }: ParametersFilter): Test => {
  if (Key === 'Name')
    throw notImplemented('ssm:DescribeParameters with the older filter Name; ParameterFilters has it');
  return testOf({ Key, Values });
};

export const describeParameterOperations: Record<string, Operation> = {
  /** The account's own parameters, without their values and without AWS's public ones. Ten per page by default. */
  DescribeParameters: operation<DescribeParametersRequest, DescribeParametersResult>(
    ['Filters', 'ParameterFilters', 'MaxResults', 'NextToken'],
    (context, { Filters, ParameterFilters, MaxResults = 10, NextToken }) => {
      if (MaxResults < 1 || MaxResults > 50) {
        throw new AwsError(
          'ValidationException',
          `1 validation error detected: Value '${MaxResults}' at 'maxResults' failed to satisfy constraint: Member must have value between 1 and 50`,
        );
      }
      if (Filters && ParameterFilters) {
        throw new AwsError(
          'ValidationException',
          'You can use either Filters or ParameterFilters in a single request.',
        );
      }
      const tests = [...(ParameterFilters ?? []).map(testOf), ...(Filters ?? []).map(olderTestOf)];
      const found = ownParameters(context).filter((record) => tests.every((test) => test(record)));
      const { items, next } = page(found, { MaxResults, NextToken });
      return {
        Parameters: items.map((record) => ({
          Name: record.name,
          ARN: parameterArn(context, record),
          Type: record.type,
          KeyId: record.keyId,
          LastModifiedDate: new Date(record.modifiedAt),
          LastModifiedUser: `arn:aws:iam::${context.account}:user/sandbox`,
          Description: record.description,
          Version: record.version,
          Tier: 'Standard',
          Policies: [],
          DataType: record.dataType,
        })),
        NextToken: next,
      };
    },
  ),
};

const page = (
  found: ParameterRecord[],
  request: { MaxResults: number; NextToken: string | undefined },
): { items: ParameterRecord[]; next?: string } => {
  try {
    return pageOf('DescribeParameters', found, ({ name }) => name, request, { least: 1, most: 50 });
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw new AwsError('InvalidNextToken', 'The specified token is not valid.');
  }
};

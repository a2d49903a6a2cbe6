import type {
  GetParameterRequest,
  GetParameterResult,
  GetParametersByPathRequest,
  GetParametersByPathResult,
  GetParametersRequest,
  GetParametersResult,
} from '@aws-sdk/client-ssm';
import { type Operation, operation } from '../calls/operation.ts';
import { pageOf } from '../calls/pages.ts';
import { AwsError } from '../model/aws-error.ts';
import { allParameters, findParameter } from '../state/parameters.ts';
import { deleteParameterOperations } from './delete-parameter.ts';
import { describeParameterOperations } from './describe-parameters.ts';
import { parameterHistoryOperations } from './parameter-history.ts';
import { parameterLabelOperations } from './parameter-labels.ts';
import { parameterTagOperations } from './parameter-tags.ts';
import { parameterView } from './parameter-view.ts';
import { putParameterOperations } from './put-parameter.ts';

const constraint = (value: string, at: string, rule: string): AwsError =>
  new AwsError(
    'ValidationException',
    `1 validation error detected: Value '${value}' at '${at}' failed to satisfy constraint: ${rule}`,
  );

/** The sandbox's Systems Manager operations: parameters. */
export const ssmOperations: Record<string, Operation> = {
  ...deleteParameterOperations,
  ...describeParameterOperations,
  ...parameterHistoryOperations,
  ...parameterLabelOperations,
  ...parameterTagOperations,
  ...putParameterOperations,

  GetParameter: operation<GetParameterRequest, GetParameterResult>(
    ['Name', 'WithDecryption'],
    (context, { Name = '', WithDecryption: decrypted }) => {
      const found = findParameter(context, Name);
      if (!found) throw new AwsError('ParameterNotFound', `Parameter ${Name} not found.`);
      return { Parameter: parameterView(context, found.record, { ...found, decrypted }) };
    },
  ),

  /** Ten names per call; unknown names are listed and are no error (GetParameters). */
  GetParameters: operation<GetParametersRequest, GetParametersResult>(
    ['Names', 'WithDecryption'],
    (context, { Names = [], WithDecryption: decrypted }) => {
      if (Names.length < 1 || Names.length > 10) {
        const rule = `Member must have length ${Names.length < 1 ? 'greater than or equal to 1' : 'less than or equal to 10'}`;
        throw constraint(`[${Names.join(', ')}]`, 'names', rule);
      }
      const asked = Names.map((name) => ({ name, found: findOrNone(context, name) }));
      return {
        Parameters: asked.flatMap(({ found }) =>
          found ? [parameterView(context, found.record, { ...found, decrypted })] : [],
        ),
        InvalidParameters: asked.flatMap(({ name, found }) => (found ? [] : [name])),
      };
    },
  ),

  GetParametersByPath: operation<GetParametersByPathRequest, GetParametersByPathResult>(
    ['Path', 'Recursive', 'WithDecryption', 'MaxResults', 'NextToken'],
    (context, { Path = '', Recursive, WithDecryption: decrypted, MaxResults = 10, NextToken }) => {
      if (!Path.startsWith('/')) {
        throw new AwsError('ValidationException', 'The parameter path must begin with a slash "/".');
      }
      if (MaxResults < 1 || MaxResults > 10) {
        throw constraint(String(MaxResults), 'maxResults', 'Member must have value between 1 and 10');
      }
      const folder = Path.endsWith('/') ? Path : `${Path}/`;
      const inside = allParameters(context).filter(
        ({ name }) => name.startsWith(folder) && (Recursive || !name.slice(folder.length).includes('/')),
      );
      const { items, next } = byPath(inside, { MaxResults, NextToken });
      return {
        Parameters: items.map((record) => parameterView(context, record, { decrypted })),
        NextToken: next,
      };
    },
  ),
};

const findOrNone = (context: Parameters<typeof findParameter>[0], name: string) => {
  try {
    return findParameter(context, name);
  } catch (error) {
    if (error instanceof AwsError && error.code === 'ParameterVersionNotFound') return undefined;
    throw error;
  }
};

const byPath = <T extends { name: string }>(
  inside: T[],
  request: { MaxResults: number; NextToken: string | undefined },
) => {
  try {
    return pageOf('GetParametersByPath', inside, ({ name }) => name, request, { least: 1, most: 10 });
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw new AwsError('InvalidNextToken', 'The specified token is not valid.');
  }
};

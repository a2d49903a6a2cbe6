import { AwsError } from '../model/aws-error.ts';

interface Request {
  MaxResults?: number | undefined;
  NextToken?: string | undefined;
}

/**
 * One page of items, ordered by id, with the token of the next page. The token names the last id returned, so that pages stay
 * correct while items are added and removed. Throws `InvalidParameterValue` for a size outside the limits (5 to 1000 for most
 * operations) or a token of another operation.
 */
export const pageOf = <T>(
  operation: string,
  items: T[],
  idOf: (item: T) => string,
  { MaxResults, NextToken }: Request,
  { least = 5, most = 1000 } = {},
): { items: T[]; next?: string } => {
  if (
    MaxResults !== undefined &&
    (!Number.isInteger(MaxResults) || MaxResults < least || MaxResults > most)
  ) {
    throw new AwsError(
      'InvalidParameterValue',
      `Value ( ${MaxResults} ) for parameter maxResults is invalid. Expecting a value between ${least} and ${most}.`,
    );
  }
  const after = NextToken === undefined ? '' : lastOf(operation, NextToken);
  const rest = items.filter((item) => idOf(item) > after).sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
  const shown = rest.slice(0, MaxResults ?? rest.length);
  const last = shown.at(-1);
  if (last === undefined || shown.length === rest.length) return { items: shown };
  return { items: shown, next: Buffer.from(JSON.stringify([operation, idOf(last)])).toString('base64url') };
};

/** Ids and a page size exclude each other, as in DescribeInstances. */
export const refuseIdsWithPageSize = (
  ids: string[] | undefined,
  name: string,
  { MaxResults }: Request,
): void => {
  if (ids && ids.length > 0 && MaxResults !== undefined) {
    throw new AwsError(
      'InvalidParameterCombination',
      `The parameter ${name} cannot be used with the parameter maxResults`,
    );
  }
};

const lastOf = (operation: string, token: string): string => {
  try {
    const [its, last] = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as unknown[];
    if (its === operation && typeof last === 'string') return last;
  } catch {
    // Falls through to the refusal.
  }
  throw new AwsError('InvalidParameterValue', 'Unable to parse pagination token');
};

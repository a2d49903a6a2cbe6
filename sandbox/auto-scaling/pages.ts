import { pageOf } from '../calls/pages.ts';
import { AwsError } from '../model/aws-error.ts';
import { constraint } from './errors.ts';

interface Request {
  MaxRecords?: number | undefined;
  NextToken?: string | undefined;
}

/** 50 per page by default, 100 at most (DescribeAutoScalingGroups, `MaxRecords`). */
const usual = 50;
const most = 100;

/** One page of the items with these names, in their order; of all items if no names are given. Unknown names are no error. */
export const pageNamed = <T>(
  operation: string,
  items: T[],
  nameOf: (item: T) => string,
  names: string[] | undefined,
  { MaxRecords, NextToken }: Request,
): { items: T[]; next?: string } => {
  if (names && names.length > most)
    throw constraint(names.length, 'names', `Member must have at most ${most} entries`);
  if (MaxRecords !== undefined && (MaxRecords < 1 || MaxRecords > most)) {
    const rule = `Member must have value ${MaxRecords < 1 ? 'greater than or equal to 1' : `less than or equal to ${most}`}`;
    throw constraint(MaxRecords, 'maxRecords', rule);
  }
  const named = names?.length ? items.filter((item) => names.includes(nameOf(item))) : items;
  try {
    return pageOf(
      operation,
      named,
      nameOf,
      { MaxResults: MaxRecords ?? usual, NextToken },
      { least: 1, most },
    );
  } catch (error) {
    if (error instanceof AwsError) throw new AwsError('InvalidNextToken', 'The token is not valid.');
    throw error;
  }
};

/** Throws unless a name has 1 to 255 characters, none of them a line break or a colon (CreateAutoScalingGroup). */
export const checkName = (name: string, at: string): void => {
  if (name.length >= 1 && name.length <= 255 && /^[\u0020-\u0039\u003b-\ud7ff\ue000-\ufffd\t]+$/.test(name))
    return;
  throw constraint(name, at, 'Member must have 1 to 255 characters, without line breaks and colons');
};

import { createHash } from 'node:crypto';
import type { Context } from '../calls/operation.ts';
import { AwsError } from '../model/aws-error.ts';

interface Request {
  ClientToken?: string | undefined;
}

/** The maximum length of a client token, unless an operation's page says otherwise. */
const usualLength = 64;

/**
 * The ids that an earlier call of the operation with the same token created; undefined if there was none, or no token. Throws
 * `IdempotentParameterMismatch` if that call had other parameters ("Ensuring idempotency", EC2 API).
 */
export const madeWith = (
  context: Context,
  operation: string,
  input: Request,
  longest = usualLength,
): string[] | undefined => {
  const token = input.ClientToken;
  if (!token) return undefined;
  if (token.length > longest) {
    throw new AwsError('InvalidParameterValue', `A client token has at most ${longest} characters.`);
  }
  const known = tokens(context).get(`${operation} ${token}`);
  if (known && known.request !== digest(input)) {
    throw new AwsError(
      'IdempotentParameterMismatch',
      'The client token you have provided has already been used with other parameters.',
    );
  }
  return known?.made;
};

/** Remembers what a call with a token created. */
export const rememberToken = (context: Context, operation: string, input: Request, made: string[]): void => {
  if (!input.ClientToken) return;
  tokens(context).put(`${operation} ${input.ClientToken}`, { request: digest(input), made });
};

const tokens = ({ store, account, region }: Context) => store.of('clientToken', account, region);

const digest = (input: Request): string => createHash('sha256').update(JSON.stringify(input)).digest('hex');

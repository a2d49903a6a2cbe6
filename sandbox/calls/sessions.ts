import { createHmac, randomBytes } from 'node:crypto';
import { type Account, accountOfKey, accounts } from '../model/accounts.ts';

/** Who asks: a user with a long-lived key, or a session of a role. */
export interface Caller {
  account: string;
  arn: string;
  userId: string;
  /** Absent for the user. */
  role?: string;
}

/** Who sends a request without any signature. */
export const nobody: Caller = { account: '', arn: '', userId: '' };

/** A caller and what the request has to be signed with. */
export interface Signer {
  caller: Caller;
  secretAccessKey: string;
}

export interface Session {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
  expiration: Date;
}

/** What a token says. It is nothing that a client may read. */
interface Claims {
  account: string;
  role: string;
  roleId: string;
  name: string;
  until: number;
}

/**
 * A session of a role. Nothing of it is kept: keys follow from the token and the account's own secret, so that no secret
 * lies in the state.
 */
export function newSession(account: string, role: { name: string; id: string }, name: string, until: Date) {
  const claims: Claims = { account, role: role.name, roleId: role.id, name, until: until.getTime() };
  const issuer = accounts.find(({ id }) => id === account);
  if (!issuer) throw new Error(`the sandbox has no account ${account}`);
  // Tokens of AWS's are hundreds of letters long, and no two are the same.
  const salted = { ...claims, salt: randomBytes(256).toString('base64') };
  const sessionToken = Buffer.from(JSON.stringify(salted)).toString('base64');
  const session: Session = { ...keysOf(issuer, sessionToken), sessionToken, expiration: until };
  return { session, caller: callerOf(claims) };
}

/**
 * Who signs with this key id and this token: nobody that is known, somebody whose time is over, or a signer. A user's key
 * goes with no token, and a session's with its own.
 */
export function signerOf(
  accessKeyId: string,
  token: string | undefined,
  now: Date,
): Signer | 'unknown' | 'expired' {
  if (token === undefined || token === '') {
    const account = accountOfKey(accessKeyId);
    return account ? { caller: userOf(account.id), secretAccessKey: account.secretAccessKey } : 'unknown';
  }
  const claims = claimsIn(token);
  const issuer = claims && accounts.find(({ id }) => id === claims.account);
  if (!issuer) return 'unknown';
  const keys = keysOf(issuer, token);
  if (keys.accessKeyId !== accessKeyId) return 'unknown';
  if (claims.until <= now.getTime()) return 'expired';
  return { caller: callerOf(claims), secretAccessKey: keys.secretAccessKey };
}

/** Every account of the sandbox has one IAM user, named `sandbox`. */
export const userOf = (id: string): Caller => ({
  account: id,
  arn: `arn:aws:iam::${id}:user/sandbox`,
  userId: `AIDA${id}SNDBX`,
});

const callerOf = ({ account, role, roleId, name }: Claims): Caller => ({
  account,
  arn: `arn:aws:sts::${account}:assumed-role/${role}/${name}`,
  userId: `${roleId}:${name}`,
  role,
});

function keysOf({ secretAccessKey }: Account, token: string) {
  const derive = (what: string) => createHmac('sha256', secretAccessKey).update(`${what}\n${token}`).digest();
  return {
    accessKeyId: `ASIA${derive('id').toString('hex').slice(0, 16).toUpperCase()}`,
    secretAccessKey: derive('secret').toString('base64').slice(0, 40),
  };
}

function claimsIn(token: string): Claims | undefined {
  try {
    const claims: Partial<Claims> = JSON.parse(Buffer.from(token, 'base64').toString('utf8'));
    return typeof claims.account === 'string' && typeof claims.until === 'number'
      ? (claims as Claims)
      : undefined;
  } catch {
    return undefined;
  }
}

import { createHmac, randomBytes } from 'node:crypto';
import { type Account, accountOfKey, accounts } from '../model/accounts.ts';

/** The caller: a user with a long-lived key, or a session of a role. */
export interface Caller {
  account: string;
  arn: string;
  userId: string;
  /** Absent for the user. */
  role?: string;
}

/** The caller of an unsigned request. */
export const nobody: Caller = { account: '', arn: '', userId: '' };

/** A caller, and the key that signs its requests. */
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

/** The content of a session token. Clients cannot read it. */
interface Claims {
  account: string;
  role: string;
  roleId: string;
  name: string;
  until: number;
}

/**
 * A session of a role. Nothing is stored: keys are derived from the token and the account's own secret, so that the state holds
 * no secrets.
 */
export function newSession(account: string, role: { name: string; id: string }, name: string, until: Date) {
  const claims: Claims = { account, role: role.name, roleId: role.id, name, until: until.getTime() };
  const issuer = accounts.find(({ id }) => id === account);
  if (!issuer) throw new Error(`the sandbox has no account ${account}`);
  // AWS's tokens are hundreds of characters long, and no two are the same.
  const salted = { ...claims, salt: randomBytes(256).toString('base64') };
  const sessionToken = Buffer.from(JSON.stringify(salted)).toString('base64');
  const session: Session = { ...keysOf(issuer, sessionToken), sessionToken, expiration: until };
  return { session, caller: callerOf(claims) };
}

/**
 * Identifies the signer with this key id and token: unknown, expired, or a signer. A user's key has no token, a session's key
 * needs its own.
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

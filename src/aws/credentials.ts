import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts';
import { memoize } from '@smithy/core/config';
import { definedOnly } from '../lib/defined-only.ts';
import { homeRegionOfPartition } from './partition.ts';

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
  /** Absent: they do not end, or do not say when. */
  expiration?: Date;
}

/** The credentials of now, refreshed when little time is left, or at once where that is asked for. */
export type CredentialSource = (options?: { forceRefresh?: boolean }) => Promise<Credentials>;

export interface Role {
  arn: string;
  externalId?: string;
  /** What CloudTrail calls the session. */
  sessionName: string;
}

/** The SDK's own clients look for fresh ones this long before the end, too. */
const refreshedBefore = 5 * 60_000;

/**
 * Sessions of a role are asked for this long, in seconds, until AWS grants one: what a role may allow at most, what many
 * allow, and what each does, also one assumed from another role's session ("AssumeRole", DurationSeconds).
 */
const durations = [12 * 3600, 4 * 3600, 3600];

/** The credentials of a role, assumed with those that `sts` has: kept, and assumed again before they end. */
export function assumedRole(role: Role, sts: (region: string) => STSClient): CredentialSource {
  const region = homeRegionOfPartition(role.arn.split(':')[1]);
  let allowed = durations;
  const assume = async (): Promise<Credentials> => {
    for (const [index, seconds] of allowed.entries()) {
      try {
        const credentials = await assumeOnce(role, sts(region), seconds);
        allowed = allowed.slice(index);
        return credentials;
      } catch (error) {
        const tooLong = error instanceof Error && error.name === 'ValidationError';
        if (!tooLong || index === allowed.length - 1) throw error;
      }
    }
    throw new Error('no duration was tried');
  };
  return memoize(assume, endsBy(refreshedBefore), ({ expiration }) => expiration !== undefined);
}

async function assumeOnce(
  { arn, externalId, sessionName }: Role,
  sts: STSClient,
  seconds: number,
): Promise<Credentials> {
  const { Credentials: given } = await sts.send(
    new AssumeRoleCommand({
      RoleArn: arn,
      RoleSessionName: sessionName,
      DurationSeconds: seconds,
      ...definedOnly({ ExternalId: externalId }),
    }),
  );
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = given ?? {};
  if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration) {
    throw new Error(`AWS let ${arn} be assumed and gave no credentials`);
  }
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    expiration: Expiration,
  };
}

/** Whether credentials end within so many milliseconds from now. */
export const endsBy =
  (milliseconds: number, now: () => number = Date.now) =>
  ({ expiration }: Pick<Credentials, 'expiration'>): boolean =>
    expiration !== undefined && expiration.getTime() - now() < milliseconds;

/** `gopackgo-<host>` in the letters and the length that STS allows ("AssumeRole", RoleSessionName). */
export const sessionNameOf = (host: string): string =>
  `gopackgo-${host}`.replaceAll(/[^\w+=,.@-]/g, '-').slice(0, 64);

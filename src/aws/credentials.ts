import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts';
import { memoize } from '@smithy/core/config';
import { definedOnly } from '../lib/defined-only.ts';
import { homeRegionOfPartition } from './partition.ts';

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
  /** Absent: they do not expire, or have no expiration time. */
  expiration?: Date;
}

/** The current credentials, refreshed when they expire soon, or at once on request. */
export type CredentialSource = (options?: { forceRefresh?: boolean }) => Promise<Credentials>;

export interface Role {
  arn: string;
  externalId?: string;
  /** The session's name in CloudTrail. */
  sessionName: string;
}

/** The SDK's own clients refresh this long before expiration, too. */
const refreshedBefore = 5 * 60_000;

/**
 * Session durations to try, in seconds, until AWS grants one: the maximum that a role may allow, a common one, and the one that
 * every role allows, also when assumed from another role's session ("AssumeRole", DurationSeconds).
 */
const durations = [12 * 3600, 4 * 3600, 3600];

/** The credentials of a role, assumed with those of `sts`: cached, and assumed again before they expire. */
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
    throw new Error(`AWS assumed ${arn} but returned no credentials`);
  }
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    expiration: Expiration,
  };
}

/** Whether credentials expire within this many milliseconds. */
export const endsBy =
  (milliseconds: number, now: () => number = Date.now) =>
  ({ expiration }: Pick<Credentials, 'expiration'>): boolean =>
    expiration !== undefined && expiration.getTime() - now() < milliseconds;

/** `gopackgo-<host>` in the characters and length that STS allows ("AssumeRole", RoleSessionName). */
export const sessionNameOf = (host: string): string =>
  `gopackgo-${host}`.replaceAll(/[^\w+=,.@-]/g, '-').slice(0, 64);

import type {
  AssumeRoleRequest,
  AssumeRoleResponse,
  GetCallerIdentityRequest,
  GetCallerIdentityResponse,
} from '@aws-sdk/client-sts';
import { type Operation, operation } from '../calls/operation.ts';
import { newSession } from '../calls/sessions.ts';
import { AwsError } from '../model/aws-error.ts';
import { roleOf } from '../state/roles.ts';

/** STS: the caller's identity, and assuming a role. */
export const stsOperations: Record<string, Operation> = {
  AssumeRole: operation<AssumeRoleRequest, AssumeRoleResponse>(
    ['RoleArn', 'RoleSessionName', 'DurationSeconds', 'ExternalId'],
    ({ caller, store, now }, { RoleArn = '', RoleSessionName = '', DurationSeconds = 3600, ExternalId }) => {
      checkLimits({ RoleArn, RoleSessionName, DurationSeconds, ExternalId });
      const found = roleOf(store, RoleArn);
      // A role here trusts users, so it cannot be assumed from another role's session.
      const trusted = found?.role.externalId === undefined || found.role.externalId === ExternalId;
      if (!found || caller.role !== undefined || !trusted) {
        throw new AwsError(
          'AccessDenied',
          `User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${RoleArn}`,
        );
      }
      if (DurationSeconds > found.role.maxSessionDuration) {
        throw invalid('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
      }
      const until = new Date(now.getTime() + DurationSeconds * 1000);
      const { session, caller: assumed } = newSession(found.account, found.role, RoleSessionName, until);
      return {
        Credentials: {
          AccessKeyId: session.accessKeyId,
          SecretAccessKey: session.secretAccessKey,
          SessionToken: session.sessionToken,
          Expiration: session.expiration,
        },
        AssumedRoleUser: { AssumedRoleId: assumed.userId, Arn: assumed.arn },
      };
    },
  ),
  GetCallerIdentity: operation<GetCallerIdentityRequest, GetCallerIdentityResponse>([], ({ caller }) => ({
    UserId: caller.userId,
    Account: caller.account,
    Arn: caller.arn,
  })),
};

const invalid = (message: string) => new AwsError('ValidationError', message);

/** The forms and limits on the page of AssumeRole. */
function checkLimits({
  RoleArn,
  RoleSessionName,
  DurationSeconds,
  ExternalId,
}: Required<Pick<AssumeRoleRequest, 'RoleArn' | 'RoleSessionName' | 'DurationSeconds'>> &
  Pick<AssumeRoleRequest, 'ExternalId'>): void {
  const wrong = [
    ['roleArn', RoleArn, (RoleArn?.length ?? 0) >= 20 && (RoleArn?.length ?? 0) <= 2048],
    ['roleSessionName', RoleSessionName, /^[\w+=,.@-]{2,64}$/.test(RoleSessionName ?? '')],
    ['durationSeconds', DurationSeconds, (DurationSeconds ?? 0) >= 900 && (DurationSeconds ?? 0) <= 43_200],
    ['externalId', ExternalId, ExternalId === undefined || /^[\w+=,.@:/-]{2,1224}$/.test(ExternalId)],
  ].find(([, , right]) => !right);
  if (!wrong) return;
  const [name, value] = wrong;
  throw invalid(`1 validation error detected: Value '${value}' at '${name}' failed to satisfy constraint`);
}

import type { GetCallerIdentityRequest, GetCallerIdentityResponse } from '@aws-sdk/client-sts';
import { type Operation, operation } from './operation.ts';

/** STS: who is asking. Every account of the sandbox has one IAM user, named `sandbox`. */
export const stsOperations: Record<string, Operation> = {
  GetCallerIdentity: operation<GetCallerIdentityRequest, GetCallerIdentityResponse>([], ({ account }) => ({
    UserId: `AIDA${account}SNDBX`,
    Account: account,
    Arn: `arn:aws:iam::${account}:user/sandbox`,
  })),
};

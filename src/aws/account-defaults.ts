import {
  type EC2Client,
  GetEbsDefaultKmsKeyIdCommand,
  GetEbsEncryptionByDefaultCommand,
  GetImageBlockPublicAccessStateCommand,
  GetInstanceMetadataDefaultsCommand,
  GetSnapshotBlockPublicAccessStateCommand,
} from '@aws-sdk/client-ec2';
import type { Lookup } from '../model/lookup.ts';
import { ask } from './ask.ts';
import type { Clients } from './connection.ts';

/** EC2's values. */
export interface BlockPublicAccess {
  /** `unblocked`, `block-new-sharing`; for snapshots also `block-all-sharing`. */
  state: string;
  /** `account`, or `declarative-policy`; the account cannot change it then. */
  managedBy: string;
}

export function imageBlockPublicAccess(clients: Clients, region: string): Promise<Lookup<BlockPublicAccess>> {
  return ask('ec2:GetImageBlockPublicAccessState', region, async () => {
    const { ImageBlockPublicAccessState: state = 'unknown', ManagedBy: managedBy = 'account' } = await clients
      .ec2(region)
      .send(new GetImageBlockPublicAccessStateCommand({}));
    return { state, managedBy };
  });
}

export function snapshotBlockPublicAccess(
  clients: Clients,
  region: string,
): Promise<Lookup<BlockPublicAccess>> {
  return ask('ec2:GetSnapshotBlockPublicAccessState', region, async () => {
    const { State: state = 'unknown', ManagedBy: managedBy = 'account' } = await clients
      .ec2(region)
      .send(new GetSnapshotBlockPublicAccessStateCommand({}));
    return { state, managedBy };
  });
}

/** The account's instance metadata defaults, which apply if a launch sets nothing else. */
export interface MetadataDefaults {
  /** `required`: IMDSv2 only, with a session token; `optional`; `no-preference`: as the image says. */
  tokens: string;
  /** Whether a launch is refused if the instance does not require a token. */
  enforced: boolean;
  /** `account`, or `declarative-policy`; the account cannot change it then. */
  managedBy: string;
}

export function metadataDefaults(clients: Clients, region: string): Promise<Lookup<MetadataDefaults>> {
  return ask('ec2:GetInstanceMetadataDefaults', region, async () => {
    const { AccountLevel = {} } = await clients.ec2(region).send(new GetInstanceMetadataDefaultsCommand({}));
    const { HttpTokens: tokens = 'no-preference', HttpTokensEnforced, ManagedBy: managedBy } = AccountLevel;
    return { tokens, enforced: HttpTokensEnforced === 'enabled', managedBy: managedBy ?? 'account' };
  });
}

/** The key of EBS encryption by default: an ARN, or `alias/aws/ebs`; `none` if it is off. */
export function encryptionByDefault(clients: Clients, region: string): Promise<Lookup<string>> {
  return ask('ec2:GetEbsEncryptionByDefault', region, async () => {
    const ec2 = clients.ec2(region);
    const { EbsEncryptionByDefault } = await ec2.send(new GetEbsEncryptionByDefaultCommand({}));
    if (EbsEncryptionByDefault === false) return 'none';
    return defaultKeyOf(ec2);
  });
}

/** The key that EBS encrypts with if none is named, whether by default or not: an ARN, or `alias/aws/ebs`. */
export function defaultKey(clients: Clients, region: string): Promise<Lookup<string>> {
  return ask('ec2:GetEbsDefaultKmsKeyId', region, () => defaultKeyOf(clients.ec2(region)));
}

async function defaultKeyOf(ec2: EC2Client): Promise<string> {
  const { KmsKeyId } = await ec2.send(new GetEbsDefaultKmsKeyIdCommand({}));
  return KmsKeyId ?? 'alias/aws/ebs';
}

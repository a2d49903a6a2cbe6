import {
  GetEbsDefaultKmsKeyIdCommand,
  GetEbsEncryptionByDefaultCommand,
  GetImageBlockPublicAccessStateCommand,
  GetInstanceMetadataDefaultsCommand,
  GetSnapshotBlockPublicAccessStateCommand,
} from '@aws-sdk/client-ec2';
import type { Lookup } from '../model/lookup.ts';
import { ask } from './ask.ts';
import type { Clients } from './connection.ts';

/** EC2's own words. */
export interface BlockPublicAccess {
  /** `unblocked`, `block-new-sharing`; of snapshots `block-all-sharing` too. */
  state: string;
  /** `account`, or `declarative-policy`: then the account cannot change it. */
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

/** How new instances answer for their metadata where nothing else is said at their launch. */
export interface MetadataDefaults {
  /** `required`: IMDSv2 alone, with a session token; `optional`; `no-preference`, by their images. */
  tokens: string;
  /** Whether instances that would answer without a token are not launched at all. */
  enforced: boolean;
  /** `account`, or `declarative-policy`: then the account cannot change it. */
  managedBy: string;
}

export function metadataDefaults(clients: Clients, region: string): Promise<Lookup<MetadataDefaults>> {
  return ask('ec2:GetInstanceMetadataDefaults', region, async () => {
    const { AccountLevel = {} } = await clients.ec2(region).send(new GetInstanceMetadataDefaultsCommand({}));
    const { HttpTokens: tokens = 'no-preference', HttpTokensEnforced, ManagedBy: managedBy } = AccountLevel;
    return { tokens, enforced: HttpTokensEnforced === 'enabled', managedBy: managedBy ?? 'account' };
  });
}

/** The key that new EBS volumes are encrypted with in any case: an ARN, or `alias/aws/ebs`; `none` where they are not. */
export function encryptionByDefault(clients: Clients, region: string): Promise<Lookup<string>> {
  return ask('ec2:GetEbsEncryptionByDefault', region, async () => {
    const ec2 = clients.ec2(region);
    const { EbsEncryptionByDefault } = await ec2.send(new GetEbsEncryptionByDefaultCommand({}));
    if (EbsEncryptionByDefault === false) return 'none';
    const { KmsKeyId } = await ec2.send(new GetEbsDefaultKmsKeyIdCommand({}));
    return KmsKeyId ?? 'alias/aws/ebs';
  });
}

import {
  type _InstanceType,
  CreateKeyPairCommand,
  CreateSecurityGroupCommand,
  ModifyImageAttributeCommand,
  ModifySnapshotAttributeCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { definedOnly } from '../lib/defined-only.ts';
import { failedLookup, type Lookup, okLookup } from '../model/lookup.ts';
import { ask } from './ask.ts';
import type { Clients } from './connection.ts';

/**
 * Whether EC2 would carry out a changing call, asked with `DryRun`: EC2 checks the permission, and as far as it goes the
 * parameters, and changes nothing (EC2 API reference, "Common query parameters"). `value`: it would.
 */
async function wouldRun(
  operation: string,
  region: string,
  call: () => Promise<unknown>,
): Promise<Lookup<void>> {
  const asked = await ask(operation, region, call);
  // EC2 never answers that a dry run succeeded: what does is not EC2.
  if (asked.ok) return failedLookup({ operation, region, code: 'NotADryRun', message: 'it was carried out' });
  return asked.error.code === 'DryRunOperation' ? okLookup(undefined) : asked;
}

const DryRun = true;

/** A builder as Packer launches it, as far as a permission or a parameter depends on it. */
export interface Launch {
  image: string;
  type: string;
  subnet?: string;
  groups?: readonly string[];
  profile?: string;
  /** Of the instance, and of its volumes. */
  tags: Record<string, string>;
  volumeTags: Record<string, string>;
}

/** Whom something is to be shared with: everybody, else an account, else an organization or a unit of one. */
export interface SharedWith {
  public: boolean;
  account?: string | undefined;
  organization?: string | undefined;
}

export function wouldLaunch(clients: Clients, region: string, launch: Launch): Promise<Lookup<void>> {
  return wouldRun('ec2:RunInstances', region, () =>
    clients.ec2(region).send(
      new RunInstancesCommand({
        DryRun,
        ImageId: launch.image,
        InstanceType: launch.type as _InstanceType,
        MinCount: 1,
        MaxCount: 1,
        ...definedOnly({
          SubnetId: launch.subnet,
          SecurityGroupIds: launch.groups?.length ? [...launch.groups] : undefined,
          IamInstanceProfile: launch.profile === undefined ? undefined : { Name: launch.profile },
        }),
        TagSpecifications: [
          { ResourceType: 'instance', Tags: tagList(launch.tags) },
          { ResourceType: 'volume', Tags: tagList(launch.volumeTags) },
        ],
      }),
    ),
  );
}

export const wouldCreateKeyPair = (
  clients: Clients,
  region: string,
  KeyName: string,
): Promise<Lookup<void>> =>
  wouldRun('ec2:CreateKeyPair', region, () =>
    clients.ec2(region).send(new CreateKeyPairCommand({ DryRun, KeyName })),
  );

/** @param vpc the default one where absent. */
export const wouldCreateSecurityGroup = (
  clients: Clients,
  region: string,
  vpc: string | undefined,
): Promise<Lookup<void>> =>
  wouldRun('ec2:CreateSecurityGroup', region, () =>
    clients.ec2(region).send(
      new CreateSecurityGroupCommand({
        DryRun,
        GroupName: 'packer_dry_run',
        Description: 'Temporary group for Packer',
        ...definedOnly({ VpcId: vpc }),
      }),
    ),
  );

/** Whether an AMI of this account could be shared. */
export const wouldShareImage = (
  clients: Clients,
  region: string,
  id: string,
  { public: isPublic, account, organization }: SharedWith,
): Promise<Lookup<void>> => {
  const unit = organization?.includes(':ou/')
    ? { OrganizationalUnitArn: organization }
    : { OrganizationArn: organization };
  const entry = isPublic ? { Group: 'all' as const } : account ? { UserId: account } : unit;
  return wouldRun('ec2:ModifyImageAttribute', region, () =>
    clients
      .ec2(region)
      .send(new ModifyImageAttributeCommand({ DryRun, ImageId: id, LaunchPermission: { Add: [entry] } })),
  );
};

/** Whether a snapshot of this account could be shared, with everybody or with an account. */
export const wouldShareSnapshot = (
  clients: Clients,
  region: string,
  id: string,
  { public: isPublic, account }: SharedWith,
): Promise<Lookup<void>> =>
  wouldRun('ec2:ModifySnapshotAttribute', region, () =>
    clients.ec2(region).send(
      new ModifySnapshotAttributeCommand({
        DryRun,
        SnapshotId: id,
        Attribute: 'createVolumePermission',
        CreateVolumePermission: { Add: [isPublic ? { Group: 'all' } : { UserId: account }] },
      }),
    ),
  );

const tagList = (tags: Record<string, string>) =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

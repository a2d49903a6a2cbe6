import {
  type _InstanceType,
  CreateKeyPairCommand,
  CreateSecurityGroupCommand,
  CreateTagsCommand,
  ModifyImageAttributeCommand,
  ModifySnapshotAttributeCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { definedOnly } from '../lib/defined-only.ts';
import { type Lookup, okLookup } from '../model/lookup.ts';
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
  // It never answers that a dry run succeeded: if it does, something else than AWS answers.
  if (asked.ok) throw new Error(`${operation} in ${region} was to be a dry run, and was carried out`);
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
  tags: Record<string, string>;
}

export function wouldLaunch(clients: Clients, region: string, launch: Launch): Promise<Lookup<void>> {
  const Tags = Object.entries(launch.tags).map(([Key, Value]) => ({ Key, Value }));
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
        TagSpecifications: [{ ResourceType: 'instance', Tags }],
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

export const wouldTag = (
  clients: Clients,
  region: string,
  ids: readonly string[],
  tags: Record<string, string>,
): Promise<Lookup<void>> =>
  wouldRun('ec2:CreateTags', region, () =>
    clients.ec2(region).send(
      new CreateTagsCommand({
        DryRun,
        Resources: [...ids],
        Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
      }),
    ),
  );

/** Whether an AMI of this account could be shared. `account`: any account's id, which gets nothing. */
export const wouldShareImage = (
  clients: Clients,
  region: string,
  id: string,
  account: string,
): Promise<Lookup<void>> =>
  wouldRun('ec2:ModifyImageAttribute', region, () =>
    clients.ec2(region).send(
      new ModifyImageAttributeCommand({
        DryRun,
        ImageId: id,
        LaunchPermission: { Add: [{ UserId: account }] },
      }),
    ),
  );

export const wouldShareSnapshot = (
  clients: Clients,
  region: string,
  id: string,
  account: string,
): Promise<Lookup<void>> =>
  wouldRun('ec2:ModifySnapshotAttribute', region, () =>
    clients.ec2(region).send(
      new ModifySnapshotAttributeCommand({
        DryRun,
        SnapshotId: id,
        Attribute: 'createVolumePermission',
        CreateVolumePermission: { Add: [{ UserId: account }] },
      }),
    ),
  );

import {
  type _InstanceType,
  CopyImageCommand,
  CreateKeyPairCommand,
  CreateSecurityGroupCommand,
  type HttpTokensState,
  ModifyImageAttributeCommand,
  ModifySnapshotAttributeCommand,
  type ResourceType,
  RunInstancesCommand,
  type TagSpecification,
} from '@aws-sdk/client-ec2';
import { definedOnly } from '../lib/defined-only.ts';
import { failedLookup, type Lookup, okLookup } from '../model/lookup.ts';
import { ask } from './ask.ts';
import type { Clients } from './connection.ts';

/**
 * Whether EC2 would execute a changing call, asked with `DryRun`: EC2 checks the permission and, to some extent, the
 * parameters, and changes nothing (EC2 API reference, "Common query parameters"). `value`: it would.
 */
async function wouldRun(
  operation: string,
  region: string,
  call: () => Promise<unknown>,
): Promise<Lookup<void>> {
  const asked = await ask(operation, region, call);
  // EC2 never answers that a dry run succeeded; anything that does is not EC2.
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
  /** `HttpTokens` of its metadata service. */
  tokens?: string;
  tags: RequestTags;
}

/** Tags that a request sets, by the type of the resource: `instance`, `volume`, … */
export type RequestTags = Readonly<Partial<Record<ResourceType, Record<string, string>>>>;

/** The grantee of a permission: everybody, otherwise an account, otherwise an organization or one of its units. */
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
          MetadataOptions:
            launch.tokens === undefined ? undefined : { HttpTokens: launch.tokens as HttpTokensState },
        }),
        ...taggedAs(launch.tags, ['instance', 'volume', 'network-interface']),
      }),
    ),
  );
}

/** Whether an AMI could be copied within its region by this account. */
export const wouldCopyImage = (clients: Clients, region: string, id: string): Promise<Lookup<void>> =>
  wouldRun('ec2:CopyImage', region, () =>
    clients.ec2(region).send(
      new CopyImageCommand({
        DryRun,
        Name: `gopackgo dry run ${id}`,
        SourceImageId: id,
        SourceRegion: region,
      }),
    ),
  );

export const wouldCreateKeyPair = (
  clients: Clients,
  region: string,
  KeyName: string,
  tags: RequestTags,
): Promise<Lookup<void>> =>
  wouldRun('ec2:CreateKeyPair', region, () =>
    clients.ec2(region).send(new CreateKeyPairCommand({ DryRun, KeyName, ...taggedAs(tags, ['key-pair']) })),
  );

/** @param vpc the default one if absent. */
export const wouldCreateSecurityGroup = (
  clients: Clients,
  region: string,
  vpc: string | undefined,
  tags: RequestTags,
): Promise<Lookup<void>> =>
  wouldRun('ec2:CreateSecurityGroup', region, () =>
    clients.ec2(region).send(
      new CreateSecurityGroupCommand({
        DryRun,
        GroupName: 'packer_dry_run',
        Description: 'Temporary group for Packer',
        ...definedOnly({ VpcId: vpc }),
        ...taggedAs(tags, ['security-group']),
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

/** The tags of these resources; undefined if there are none, since EC2 refuses a specification without tags. */
function taggedAs(
  tags: RequestTags,
  types: readonly ResourceType[],
): { TagSpecifications?: TagSpecification[] } {
  const specifications = types.flatMap((ResourceType): TagSpecification[] => {
    const Tags = Object.entries(tags[ResourceType] ?? {}).map(([Key, Value]) => ({ Key, Value }));
    return Tags.length === 0 ? [] : [{ ResourceType, Tags }];
  });
  return specifications.length === 0 ? {} : { TagSpecifications: specifications };
}

import type {
  CreateSecurityGroupRequest,
  CreateSecurityGroupResult,
  DeleteSecurityGroupRequest,
  DeleteSecurityGroupResult,
  DescribeSecurityGroupsRequest,
  DescribeSecurityGroupsResult,
} from '@aws-sdk/client-ec2';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import { pageOf, refuseIdsWithPageSize } from '../calls/pages.ts';
import { AwsError } from '../model/aws-error.ts';
import { derivedId, lookUp, lookUpAll, newId, notFound } from '../model/identifiers.ts';
import type { SecurityGroupRecord } from '../model/records.ts';
import { instanceState } from '../state/lifecycle.ts';
import { type Fields, filtered, matchNothing } from './filters.ts';
import { permissionsOf } from './ingress-view.ts';
import { defaultVpc, onlyVpc } from './network.ts';
import { addTags, dropTags, readTagSpecifications, tagListOf, tagsOf } from './tag-set.ts';

const stored = ({ store, account, region }: Context) => store.of('securityGroup', account, region);

/** The default group of the VPC; it is there before anything is stored of it. */
const defaultGroup = (context: Context): SecurityGroupRecord => ({
  id: derivedId('sg', context.account, context.region),
  name: 'default',
  description: 'default VPC security group',
  vpc: onlyVpc(context),
  ingress: [],
});

export const securityGroups = (context: Context): SecurityGroupRecord[] => {
  const groups = stored(context).list();
  const standard = defaultGroup(context);
  return groups.some(({ id }) => id === standard.id) ? groups : [standard, ...groups];
};

export const securityGroupWithId = (context: Context, id: string): SecurityGroupRecord =>
  lookUp('sg', id, (wanted) =>
    securityGroups(context).find((group) => group.id === wanted && context.sees(wanted)),
  );

export const securityGroupNamed = (context: Context, name: string): SecurityGroupRecord => {
  const vpc = defaultVpc(context);
  const group = securityGroups(context).find((one) => one.name === name && context.sees(one.id));
  if (group) return group;
  throw new AwsError(
    'InvalidGroup.NotFound',
    `The security group '${name}' does not exist in default VPC '${vpc}'`,
  );
};

/** The group that a request names by id or, in the default VPC, by name. */
export const securityGroupOf = (
  context: Context,
  { GroupId, GroupName }: { GroupId?: string | undefined; GroupName?: string | undefined },
): SecurityGroupRecord => {
  if (GroupId !== undefined) return securityGroupWithId(context, GroupId);
  if (GroupName !== undefined) return securityGroupNamed(context, GroupName);
  throw new AwsError('MissingParameter', 'The request must contain the parameter groupName or groupId');
};

const fields = (context: Context): Fields<SecurityGroupRecord> => ({
  'group-id': ({ id }) => id,
  'group-name': ({ name }) => name,
  description: ({ description }) => description,
  'vpc-id': ({ vpc }) => vpc,
  'owner-id': () => context.account,
  'ip-permission.cidr': ({ ingress }) => ingress.map(({ peer }) => ('cidr' in peer ? peer.cidr : undefined)),
  'ip-permission.from-port': ({ ingress }) => ingress.map(({ from }) => from?.toString()),
  'ip-permission.group-id': ({ ingress }) =>
    ingress.map(({ peer }) => ('group' in peer ? peer.group : undefined)),
  'ip-permission.ipv6-cidr': ({ ingress }) =>
    ingress.map(({ peer }) => ('cidr6' in peer ? peer.cidr6 : undefined)),
  'ip-permission.protocol': ({ ingress }) => ingress.map(({ protocol }) => protocol),
  'ip-permission.to-port': ({ ingress }) => ingress.map(({ to }) => to?.toString()),
  'ip-permission.user-id': ({ ingress }) =>
    ingress.map(({ peer }) => ('group' in peer ? context.account : undefined)),
  'egress.ip-permission.cidr': () => '0.0.0.0/0',
  'egress.ip-permission.protocol': () => '-1',
  ...matchNothing(
    'ip-permission.group-name',
    'ip-permission.prefix-list-id',
    'egress.ip-permission.from-port',
    'egress.ip-permission.group-id',
    'egress.ip-permission.group-name',
    'egress.ip-permission.ipv6-cidr',
    'egress.ip-permission.prefix-list-id',
    'egress.ip-permission.to-port',
    'egress.ip-permission.user-id',
  ),
});

/** The rule that every new group has ("Default security group rules", VPC User Guide). */
const everythingOut = {
  IpProtocol: '-1',
  IpRanges: [{ CidrIp: '0.0.0.0/0' }],
  Ipv6Ranges: [],
  PrefixListIds: [],
  UserIdGroupPairs: [],
};

/** Letters, digits, spaces and these signs, up to 255; names do not begin with `sg-` (CreateSecurityGroup). */
const checkText = (text: string, parameter: string): void => {
  if (!/^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{1,255}$/.test(text) || /^sg-/i.test(text)) {
    throw new AwsError('InvalidParameterValue', `Value (${text}) for parameter ${parameter} is invalid.`);
  }
};

export const securityGroupOperations: Record<string, Operation> = {
  CreateSecurityGroup: operation<CreateSecurityGroupRequest, CreateSecurityGroupResult>(
    ['GroupName', 'Description', 'VpcId', 'TagSpecifications'],
    (context, { GroupName = '', Description = '', VpcId, TagSpecifications }) => {
      checkText(GroupName, 'GroupName');
      checkText(Description, 'GroupDescription');
      const vpc =
        VpcId === undefined
          ? defaultVpc(context)
          : lookUp('vpc', VpcId, (id) => (id === onlyVpc(context) ? id : undefined));
      const tags = readTagSpecifications(TagSpecifications, ['security-group']);
      if (securityGroups(context).some(({ name }) => name === GroupName)) {
        throw new AwsError(
          'InvalidGroup.Duplicate',
          `The security group '${GroupName}' already exists for VPC '${vpc}'`,
        );
      }
      const id = newId('sg');
      stored(context).put(id, { id, name: GroupName, description: Description, vpc, ingress: [] });
      addTags(context, id, tags['security-group']);
      return { GroupId: id, Tags: tagListOf(context, id), SecurityGroupArn: arnOf(context, id) };
    },
  ),

  DescribeSecurityGroups: operation<DescribeSecurityGroupsRequest, DescribeSecurityGroupsResult>(
    ['GroupIds', 'GroupNames', 'Filters', 'MaxResults', 'NextToken'],
    (context, input) => {
      refuseIdsWithPageSize(input.GroupIds, 'groupIds', input);
      const all = securityGroups(context);
      const byId = lookUpAll('sg', input.GroupIds ?? [], (id) =>
        all.find((group) => group.id === id && context.sees(id)),
      );
      const byName = (input.GroupNames ?? []).map((name) => securityGroupNamed(context, name));
      const named = [...new Set([...byId, ...byName])];
      const shown = filtered(named.length > 0 ? named : all, input.Filters, fields(context), ({ id }) =>
        tagsOf(context, id),
      );
      const seen = shown.filter(({ id }) => context.sees(id));
      const { items, next } = pageOf('DescribeSecurityGroups', seen, ({ id }) => id, input);
      return {
        SecurityGroups: items.map((group) => ({
          GroupId: group.id,
          SecurityGroupArn: arnOf(context, group.id),
          GroupName: group.name,
          Description: group.description,
          OwnerId: context.account,
          VpcId: group.vpc,
          IpPermissions: permissionsOf(group.ingress, context.account),
          IpPermissionsEgress: [everythingOut],
          Tags: tagListOf(context, group.id),
        })),
        NextToken: next,
      };
    },
  ),

  DeleteSecurityGroup: operation<DeleteSecurityGroupRequest, DeleteSecurityGroupResult>(
    ['GroupId', 'GroupName'],
    (context, input) => {
      const group = securityGroupOf(context, input);
      if (group.name === 'default') {
        throw new AwsError(
          'CannotDelete',
          `the specified group: "${group.id}" name: "default" cannot be deleted by a user`,
        );
      }
      const instances = context.store.of('instance', context.account, context.region).list();
      const isUsed = instances.some(
        (instance) =>
          instanceState(instance, context.now) !== 'terminated' && instance.groups.includes(group.id),
      );
      const isNamed = securityGroups(context).some(
        ({ id, ingress }) =>
          id !== group.id && ingress.some(({ peer }) => 'group' in peer && peer.group === group.id),
      );
      if (isUsed || isNamed) {
        throw new AwsError('DependencyViolation', `resource ${group.id} has a dependent object`);
      }
      if (!stored(context).get(group.id)) throw notFound('sg', group.id);
      stored(context).delete(group.id);
      dropTags(context, group.id);
      return { Return: true, GroupId: group.id };
    },
  ),
};

const arnOf = ({ account, region }: Context, id: string): string =>
  `arn:aws:ec2:${region}:${account}:security-group/${id}`;

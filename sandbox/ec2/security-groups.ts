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
import { lookUp, lookUpAll, newId } from '../model/identifiers.ts';
import type { SecurityGroupRecord, SecurityGroupRule } from '../model/records.ts';
import { type Fields, filtered, matchNothing } from './filters.ts';
import { defaultVpc, placedInstances, put, remove, securityGroupsOf, vpcWithId } from './network-records.ts';
import { egressOf, permissionsOf } from './security-group-view.ts';
import { addTags, readTagSpecifications, tagListOf, tagsOf } from './tag-set.ts';

export const securityGroupWithId = (context: Context, id: string): SecurityGroupRecord =>
  lookUp('sg', id, (wanted) =>
    securityGroupsOf(context).find((group) => group.id === wanted && context.sees(wanted)),
  );

export const securityGroupNamed = (context: Context, name: string): SecurityGroupRecord => {
  const { id: vpc } = defaultVpc(context);
  const group = securityGroupsOf(context).find(
    (one) => one.vpc === vpc && one.name === name && context.sees(one.id),
  );
  if (group) return group;
  throw new AwsError(
    'InvalidGroup.NotFound',
    `The security group '${name}' does not exist in default VPC '${vpc}'`,
  );
};

/** The group that a request names, by id or, in the default VPC, by name. */
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
  ...ruleFields(context, 'ip-permission', ({ ingress }) => ingress),
  ...ruleFields(context, 'egress.ip-permission', egressOf),
});

/** The filters of one direction. */
const ruleFields = (
  context: Context,
  prefix: string,
  rulesOf: (group: SecurityGroupRecord) => SecurityGroupRule[],
): Fields<SecurityGroupRecord> => {
  const of = (read: (rule: SecurityGroupRule) => string | undefined) => (group: SecurityGroupRecord) =>
    rulesOf(group).map(read);
  const nameOf = (id: string) => securityGroupsOf(context).find((group) => group.id === id)?.name;
  return {
    [`${prefix}.cidr`]: of(({ peer }) => ('cidr' in peer ? peer.cidr : undefined)),
    [`${prefix}.from-port`]: of(({ from }) => from?.toString()),
    [`${prefix}.group-id`]: of(({ peer }) => ('group' in peer ? peer.group : undefined)),
    [`${prefix}.group-name`]: of(({ peer }) => ('group' in peer ? nameOf(peer.group) : undefined)),
    [`${prefix}.ipv6-cidr`]: of(({ peer }) => ('cidr6' in peer ? peer.cidr6 : undefined)),
    [`${prefix}.protocol`]: of(({ protocol }) => protocol),
    [`${prefix}.to-port`]: of(({ to }) => to?.toString()),
    [`${prefix}.user-id`]: of(({ peer }) => ('group' in peer ? context.account : undefined)),
    ...matchNothing(`${prefix}.prefix-list-id`),
  };
};

/** Letters, digits, spaces and these characters, up to 255; names do not start with `sg-` (CreateSecurityGroup). */
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
      const { id: vpc } = VpcId === undefined ? defaultVpc(context) : vpcWithId(context, VpcId);
      const tags = readTagSpecifications(TagSpecifications, ['security-group']);
      if (securityGroupsOf(context).some((one) => one.vpc === vpc && one.name === GroupName)) {
        throw new AwsError(
          'InvalidGroup.Duplicate',
          `The security group '${GroupName}' already exists for VPC '${vpc}'`,
        );
      }
      const id = newId('sg');
      put(context, 'securityGroup', { id, name: GroupName, description: Description, vpc, ingress: [] });
      addTags(context, id, tags['security-group']);
      return { GroupId: id, Tags: tagListOf(context, id), SecurityGroupArn: arnOf(context, id) };
    },
  ),

  DescribeSecurityGroups: operation<DescribeSecurityGroupsRequest, DescribeSecurityGroupsResult>(
    ['GroupIds', 'GroupNames', 'Filters', 'MaxResults', 'NextToken'],
    (context, input) => {
      refuseIdsWithPageSize(input.GroupIds, 'groupIds', input);
      const all = securityGroupsOf(context);
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
          IpPermissionsEgress: permissionsOf(egressOf(group), context.account),
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
      const isUsed = placedInstances(context).some(({ groups }) => groups.includes(group.id));
      const isNamed = securityGroupsOf(context).some(
        (other) =>
          other.id !== group.id &&
          [...other.ingress, ...egressOf(other)].some(
            ({ peer }) => 'group' in peer && peer.group === group.id,
          ),
      );
      if (isUsed || isNamed) {
        throw new AwsError('DependencyViolation', `resource ${group.id} has a dependent object`);
      }
      remove(context, 'securityGroup', group.id);
      return { Return: true, GroupId: group.id };
    },
  ),
};

const arnOf = ({ account, region }: Context, id: string): string =>
  `arn:aws:ec2:${region}:${account}:security-group/${id}`;

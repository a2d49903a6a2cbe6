import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  type EC2Client,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import { createWorld, errorOf } from '../../testing/index.ts';
import { unknown } from './a-network.ts';

const ssh = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
const everything = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };

const createGroup = async (ec2: EC2Client, GroupName = 'mine'): Promise<string> => {
  const { GroupId } = await ec2.send(new CreateSecurityGroupCommand({ GroupName, Description: 'mine' }));
  return GroupId ?? '';
};

const rulesOf = async (ec2: EC2Client, group: string) => {
  const { SecurityGroupRules = [] } = await ec2.send(
    new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values: [group] }] }),
  );
  return SecurityGroupRules;
};

const shown = async (ec2: EC2Client, group: string) => {
  const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [group] }));
  const { IpPermissions, IpPermissionsEgress } = SecurityGroups?.[0] ?? {};
  return { in: IpPermissions, out: IpPermissionsEgress };
};

test('rules are not looked up for an invalid group id', async () => {
  const ec2 = createWorld().ec2();
  await createGroup(ec2);
  expect(await errorOf(rulesOf(ec2, 'foobar'))).toBe('InvalidGroupId.Malformed');
  expect(await rulesOf(ec2, 'sg-005216b55886f0fdc')).toEqual([]);
  expect(await rulesOf(ec2, 'sg-*')).not.toEqual([]);
});

test('a rule is revoked by its content or by its id, in its own direction', async () => {
  const ec2 = createWorld().ec2();
  const GroupId = await createGroup(ec2);
  const { SecurityGroupRules } = await ec2.send(
    new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [ssh] }),
  );
  const id = SecurityGroupRules?.[0]?.SecurityGroupRuleId ?? '';
  expect((await rulesOf(ec2, GroupId)).map(({ IsEgress, FromPort }) => [IsEgress, FromPort])).toEqual(
    expect.arrayContaining([
      [true, -1],
      [false, 22],
    ]),
  );
  const { SecurityGroupRules: byId } = await ec2.send(
    new DescribeSecurityGroupRulesCommand({ SecurityGroupRuleIds: [id] }),
  );
  expect(byId).toMatchObject([{ GroupId, CidrIpv4: '0.0.0.0/0', IpProtocol: 'tcp' }]);
  expect(
    await errorOf(ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId, SecurityGroupRuleIds: [id] }))),
  ).toBe('InvalidSecurityGroupRuleId.NotFound');
  const revoked = await ec2.send(
    new RevokeSecurityGroupIngressCommand({ GroupId, SecurityGroupRuleIds: [id] }),
  );
  expect(revoked).toMatchObject({ Return: true, RevokedSecurityGroupRules: [{ SecurityGroupRuleId: id }] });
  const revoke = new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions: [ssh] });
  expect(await errorOf(ec2.send(revoke))).toBe('InvalidPermission.NotFound');
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [ssh] }));
  await ec2.send(revoke);
  expect((await shown(ec2, GroupId)).in).toEqual([]);
});

test('the egress of a group, which initially allows everything, can be restricted', async () => {
  const ec2 = createWorld().ec2();
  const GroupId = await createGroup(ec2);
  expect((await shown(ec2, GroupId)).out).toMatchObject([everything]);
  const authorize = new AuthorizeSecurityGroupEgressCommand({ GroupId, IpPermissions: [everything] });
  expect(await errorOf(ec2.send(authorize))).toBe('InvalidPermission.Duplicate');
  await ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions: [everything] }));
  expect((await shown(ec2, GroupId)).out).toEqual([]);
  const https = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '10.0.0.0/8' }] };
  await ec2.send(new AuthorizeSecurityGroupEgressCommand({ GroupId, IpPermissions: [https] }));
  expect((await shown(ec2, GroupId)).out).toMatchObject([https]);
  const { SecurityGroups } = await ec2.send(
    new DescribeSecurityGroupsCommand({
      Filters: [{ Name: 'egress.ip-permission.to-port', Values: ['443'] }],
    }),
  );
  expect(SecurityGroups?.map((group) => group.GroupId)).toEqual([GroupId]);
});

test('a group named in another one’s rule cannot be deleted before that rule', async () => {
  const ec2 = createWorld().ec2();
  const [one, other] = [await createGroup(ec2, 'one'), await createGroup(ec2, 'other')];
  const IpPermissions = [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: other }] }];
  await ec2.send(new AuthorizeSecurityGroupEgressCommand({ GroupId: one, IpPermissions }));
  const gone = () => errorOf(ec2.send(new DeleteSecurityGroupCommand({ GroupId: other })));
  expect(await gone()).toBe('DependencyViolation');
  await ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId: one, IpPermissions }));
  expect(await gone()).toBe('no error');
});

test('missing rules have their own error code', async () => {
  const ec2 = createWorld().ec2();
  const describe = (id: string) =>
    errorOf(ec2.send(new DescribeSecurityGroupRulesCommand({ SecurityGroupRuleIds: [id] })));
  expect(await describe(`sgr-${unknown}`)).toBe('InvalidSecurityGroupRuleId.NotFound');
  expect(await describe('sgr-1')).toBe('InvalidSecurityGroupRuleId.Malformed');
});

import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DescribeInstancesCommand,
  DescribeSecurityGroupsCommand,
} from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import { launch } from '../testing/images.ts';
import { createWorld, errorOf } from '../testing/world.ts';

test.each([
  ['tenancy', 'default', 'dedicated'],
  ['metadata-options.http-tokens', 'optional', 'required'],
  ['network-interface.attachment.device-index', '0', '1'],
  ['network-interface.availability-zone', 'us-east-1?', 'us-west-2?'],
  ['source-dest-check', 'true', 'false'],
  ['instance-state-code', '16', '48'],
])('instances are found by %s', async (Name, itsValue, another) => {
  const world = createWorld();
  const id = await launch(world);
  const found = async (value: string) => {
    const filter = { Filters: [{ Name, Values: [value] }] };
    const { Reservations = [] } = await world.ec2().send(new DescribeInstancesCommand(filter));
    return Reservations.flatMap(({ Instances = [] }) => Instances.map(({ InstanceId }) => InstanceId));
  };
  expect(await found(itsValue)).toEqual([id]);
  expect(await found(another)).toEqual([]);
});

test('a filter without matches finds nothing; one that AWS does not have is refused', async () => {
  const world = createWorld();
  await launch(world);
  const by = (Name: string) =>
    world.ec2().send(new DescribeInstancesCommand({ Filters: [{ Name, Values: ['*'] }] }));
  expect((await by('spot-instance-request-id')).Reservations).toEqual([]);
  expect(await errorOf(by('nonsense'))).toBe('InvalidParameterValue');
});

test('security groups are found by their rules', async () => {
  const world = createWorld();
  const ec2 = world.ec2();
  const make = (GroupName: string) =>
    ec2.send(new CreateSecurityGroupCommand({ GroupName, Description: GroupName }));
  const { GroupId } = await make('open');
  await make('closed');
  const rule = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '203.0.113.0/24' }] };
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [rule] }));
  const { SecurityGroups } = await ec2.send(
    new DescribeSecurityGroupsCommand({
      Filters: [
        { Name: 'ip-permission.from-port', Values: ['22'] },
        { Name: 'ip-permission.cidr', Values: ['203.0.113.*'] },
      ],
    }),
  );
  expect(SecurityGroups?.map((one) => one.GroupId)).toEqual([GroupId]);
});

test('a call accepts 200 values in all its filters together, of 255 characters each', async () => {
  const ec2 = createWorld().ec2();
  const by = (...lists: string[][]) => {
    const names = ['image-id', 'architecture'];
    const Filters = lists.map((Values, index) => ({ Name: names[index] ?? '', Values }));
    return errorOf(ec2.send(new DescribeInstancesCommand({ Filters })));
  };
  const ids = Array.from({ length: 200 }, (_, index) => `ami-${index}`);
  expect(await by(ids)).toBe('no error');
  expect(await by(ids.slice(1), ['x86_64'])).toBe('no error');
  expect(await by(ids, ['x86_64'])).toBe('FilterLimitExceeded');
  expect(await by(['a'.repeat(255)])).toBe('no error');
  expect(await by(['a'.repeat(256)])).toBe('FilterLimitExceeded');
});

import {
  CreateTagsCommand,
  DeleteSubnetCommand,
  DescribeInternetGatewaysCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeTagsCommand,
  DescribeVpcsCommand,
  type EC2Client,
  ModifySubnetAttributeCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, test } from 'vitest';
import type { Behaviour } from '../../index.ts';
import { parseBehaviour } from '../../server/settings-file.ts';
import { createWorld, errorOf, type World } from '../../testing/index.ts';
import { defaultVpcId, launchIn, runOf, subnetsOfVpc } from './a-network.ts';

const ofCompany = {
  id: 'vpc-0aaaaaaaaaaaaaaaa',
  cidr: '10.0.0.0/16',
  tags: { Name: 'build' },
  subnets: [
    {
      id: 'subnet-0aaaaaaaaaaaaaaaa',
      zone: 'us-east-1a',
      cidr: '10.0.1.0/24',
      public: true,
      tags: { tier: 'public' },
    },
    { zone: 'b', cidr: '10.0.2.0/24', tags: { tier: 'private' } },
  ],
  securityGroups: [
    { id: 'sg-0aaaaaaaaaaaaaaaa', name: 'ssh', ingress: [{ port: 22 }], tags: { for: 'packer' } },
    {
      name: 'members',
      ingress: [{ protocol: '-1', group: 'ssh' }],
      egress: [{ port: 443, cidr: '10.0.0.0/8' }],
    },
  ],
} as const;

/** Settings in the form of a file, read like a file. */
const behaviour = (rule: object = {}): Behaviour =>
  parseBehaviour(
    JSON.parse(JSON.stringify({ accounts: [{ region: 'us-east-1', vpcs: [ofCompany], ...rule }] })),
  );

const vpcsShown = async (ec2: EC2Client) => {
  const { Vpcs = [] } = await ec2.send(new DescribeVpcsCommand({}));
  return Vpcs.sort((a, b) => ((a.CidrBlock ?? '') < (b.CidrBlock ?? '') ? -1 : 1));
};

const waysTo = (world: World, id: string) => {
  const machine = world.machines.get(id);
  return [machine?.address, machine?.privateAddress].map((address) =>
    world.aws.isReachable(id, address ?? '', 27_057),
  );
};

describe('declared VPCs', () => {
  test('exist with all their resources, beside the default one', async () => {
    const world = createWorld({ behaviour: behaviour() });
    const ec2 = world.ec2();
    expect((await vpcsShown(ec2)).map(({ IsDefault, CidrBlock }) => [IsDefault, CidrBlock])).toEqual([
      [false, '10.0.0.0/16'],
      [true, '172.31.0.0/16'],
    ]);
    const VpcId = ofCompany.id;
    const subnets = await subnetsOfVpc(ec2, VpcId);
    expect(subnets).toHaveLength(2);
    expect(subnets).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          SubnetId: 'subnet-0aaaaaaaaaaaaaaaa',
          AvailabilityZone: 'us-east-1a',
          MapPublicIpOnLaunch: false,
          Tags: [{ Key: 'tier', Value: 'public' }],
        }),
        expect.objectContaining({ AvailabilityZone: 'us-east-1b', CidrBlock: '10.0.2.0/24' }),
      ]),
    );
    const Filters = [{ Name: 'vpc-id', Values: [VpcId] }];
    const { RouteTables = [] } = await ec2.send(new DescribeRouteTablesCommand({ Filters }));
    const open = RouteTables.find(
      ({ Associations }) => Associations?.[0]?.SubnetId === 'subnet-0aaaaaaaaaaaaaaaa',
    );
    const { InternetGateways } = await ec2.send(
      new DescribeInternetGatewaysCommand({ Filters: [{ Name: 'attachment.vpc-id', Values: [VpcId] }] }),
    );
    expect(open?.Routes?.[1]).toMatchObject({
      GatewayId: InternetGateways?.[0]?.InternetGatewayId,
      State: 'active',
    });
    const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({ Filters }));
    const group = (name: string) => SecurityGroups.find(({ GroupName }) => GroupName === name);
    expect(SecurityGroups.map(({ GroupName }) => GroupName).sort()).toEqual(['default', 'members', 'ssh']);
    expect(group('ssh')).toMatchObject({
      GroupId: 'sg-0aaaaaaaaaaaaaaaa',
      IpPermissions: [{ FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
      Tags: [{ Key: 'for', Value: 'packer' }],
    });
    expect(group('members')).toMatchObject({
      IpPermissions: [{ UserIdGroupPairs: [{ GroupId: 'sg-0aaaaaaaaaaaaaaaa' }] }],
      IpPermissionsEgress: [{ FromPort: 443, IpRanges: [{ CidrIp: '10.0.0.0/8' }] }],
    });
    const { Tags } = await ec2.send(
      new DescribeTagsCommand({ Filters: [{ Name: 'key', Values: ['Name', 'tier'] }] }),
    );
    expect(Tags?.map(({ ResourceType, Value }) => `${ResourceType} ${Value}`).sort()).toEqual([
      'subnet private',
      'subnet public',
      'vpc build',
    ]);
    expect(await vpcsShown(world.ec2({ region: 'us-west-2' }))).toHaveLength(1);
  });

  test('replace the default one if there is none, and may be the default', async () => {
    const without = createWorld({ behaviour: behaviour({ defaultVpc: false }) });
    expect((await vpcsShown(without.ec2())).map(({ VpcId }) => VpcId)).toEqual([ofCompany.id]);
    expect(await errorOf(without.ec2().send(await runOf(without)))).toBe('VPCIdNotSpecified');
    const world = createWorld({ behaviour: behaviour({ vpcs: [{ ...ofCompany, default: true }] }) });
    expect(await defaultVpcId(world.ec2())).toBe(ofCompany.id);
    expect(await vpcsShown(world.ec2())).toHaveLength(1);
    const { VpcId, PublicDnsName } = await launchIn(world, {});
    expect({ VpcId, PublicDnsName }).toMatchObject({ VpcId: ofCompany.id });
  });

  test('have the same ids each time, if none are given', async () => {
    const ids = async () => {
      const { id: _, ...vpc } = ofCompany;
      const ec2 = createWorld({ behaviour: behaviour({ vpcs: [vpc] }) }).ec2();
      const [one] = (await vpcsShown(ec2)).filter(({ IsDefault }) => !IsDefault);
      const subnets = await subnetsOfVpc(ec2, one?.VpcId ?? '');
      return [one?.VpcId, ...subnets.map(({ SubnetId }) => SubnetId)];
    };
    expect(await ids()).toEqual(await ids());
  });

  test('keep changes by calls over a restart; a reset restores them', async () => {
    const given = behaviour();
    const first = createWorld({ behaviour: given });
    const ec2 = first.ec2();
    const [one, other] = (await subnetsOfVpc(ec2, ofCompany.id)).sort((a, b) =>
      (a.CidrBlock ?? '') < (b.CidrBlock ?? '') ? -1 : 1,
    );
    const SubnetId = one?.SubnetId;
    await ec2.send(new ModifySubnetAttributeCommand({ SubnetId, MapPublicIpOnLaunch: { Value: true } }));
    await ec2.send(
      new CreateTagsCommand({ Resources: [ofCompany.id], Tags: [{ Key: 'owner', Value: 'me' }] }),
    );
    await ec2.send(new DeleteSubnetCommand({ SubnetId: other?.SubnetId }));
    await first.aws.close();

    const second = createWorld({ folder: first.folder, behaviour: given });
    const again = second.ec2();
    const left = await subnetsOfVpc(again, ofCompany.id);
    expect(left.map(({ MapPublicIpOnLaunch }) => MapPublicIpOnLaunch)).toEqual([true]);
    const { Tags } = (await vpcsShown(again)).find(({ VpcId }) => VpcId === ofCompany.id) ?? {};
    expect(Tags?.map(({ Key }) => Key).sort()).toEqual(['Name', 'owner']);
    await second.aws.reset();
    expect(await subnetsOfVpc(again, ofCompany.id)).toHaveLength(2);
    expect((await vpcsShown(again)).find(({ VpcId }) => VpcId === ofCompany.id)?.Tags).toHaveLength(1);
  });

  test('can be reached from inside', async () => {
    const world = createWorld({ behaviour: behaviour({ vpcs: [{ ...ofCompany, inside: true }] }) });
    const ec2 = world.ec2();
    const hidden = (await subnetsOfVpc(ec2, ofCompany.id)).find(
      ({ CidrBlock }) => CidrBlock === '10.0.2.0/24',
    );
    const placed = { SubnetId: hidden?.SubnetId, SecurityGroupIds: ['sg-0aaaaaaaaaaaaaaaa'] };
    const { InstanceId } = await launchIn(world, placed);
    expect(waysTo(world, InstanceId)).toEqual([false, true]);
    const outside = createWorld({ behaviour: behaviour() });
    const other = await launchIn(outside, placed);
    expect(waysTo(outside, other.InstanceId)).toEqual([false, false]);
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [InstanceId] }));
  });

  test('are shown as settings that declare the same', async () => {
    const world = createWorld({ behaviour: behaviour() });
    const { accounts } = world.aws.settings.show();
    const other = createWorld({ behaviour: parseBehaviour(JSON.parse(JSON.stringify({ accounts }))) });
    expect(await subnetsOfVpc(other.ec2(), ofCompany.id)).toEqual(
      await subnetsOfVpc(world.ec2(), ofCompany.id),
    );
  });
});

const vpc = (given: object) => ({
  accounts: [{ region: 'us-east-1', vpcs: [{ cidr: '10.0.0.0/16', ...given }] }],
});
const subnet = (...subnets: object[]) => vpc({ subnets: subnets.map((one) => ({ zone: 'a', ...one })) });
const group = (...rules: object[]) => vpc({ securityGroups: [{ name: 'ssh', ingress: rules }] });

test.each<[string, object, string]>([
  [
    'a block too large',
    vpc({ cidr: '10.0.0.0/8' }),
    'vpcs[0].cidr: expected a block from /16 to /28, found "10.0.0.0/8"',
  ],
  [
    'an invalid id',
    vpc({ id: 'vpc-1' }),
    'vpcs[0].id: expected an id: "vpc-" and 8 or 17 hexadecimal digits',
  ],
  [
    'a subnet outside',
    subnet({ cidr: '10.1.0.0/24' }),
    'subnets[0].cidr: expected a block from /16 to /28 within 10.0.0.0/16',
  ],
  [
    'subnets that overlap',
    subnet({ cidr: '10.0.0.0/24' }, { cidr: '10.0.0.128/25' }),
    'subnets[1].cidr: expected a block that does not overlap 10.0.0.0/24 of another subnet',
  ],
  [
    'an unknown zone',
    subnet({ zone: 'eu-west-1a', cidr: '10.0.0.0/24' }),
    'expected a rule for the region eu-west-1',
  ],
  ['a rule without a port', group({ protocol: 'udp' }), 'ingress[0].port: expected a port, found none'],
  [
    'a rule with ports in the wrong order',
    group({ port: 22, toPort: 21 }),
    'ingress[0].toPort: expected a port from 22 on',
  ],
  [
    'a rule with a missing group',
    group({ port: 22, group: 'other' }),
    'expected a group of this VPC, or an id, found "other"',
  ],
  [
    'addresses beside a group',
    group({ port: 22, group: 'ssh', cidr: '10.0.0.0/8' }),
    'expected addresses or a group, found both',
  ],
  [
    'two default VPCs',
    {
      accounts: [
        {
          vpcs: [
            { cidr: '10.0.0.0/16', default: true },
            { cidr: '10.1.0.0/16', default: true },
          ],
        },
      ],
    },
    'accounts[0].vpcs[1].default: expected one default VPC, found a second one',
  ],
  [
    'an id twice',
    {
      accounts: [
        { vpcs: ['10.0.0.0/16', '10.1.0.0/16'].map((cidr) => ({ cidr, id: 'vpc-0aaaaaaaaaaaaaaaa' })) },
      ],
    },
    'vpcs[1].id: expected a unique id, found "vpc-0aaaaaaaaaaaaaaaa" a second time',
  ],
])('settings with %s are refused with the place', (_, settings, message) => {
  expect(() => parseBehaviour(settings)).toThrow(message);
});

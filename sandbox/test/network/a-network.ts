import {
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  type EC2Client,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { canonicalImage, type World } from '../../testing/index.ts';

export const unknown = '0123456789abcdef0';

export const createVpc = async (ec2: EC2Client, CidrBlock = '10.0.0.0/16'): Promise<string> => {
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock }));
  return Vpc?.VpcId ?? '';
};

export const createSubnet = async (
  ec2: EC2Client,
  VpcId: string,
  CidrBlock = '10.0.1.0/24',
): Promise<string> => {
  const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock }));
  return Subnet?.SubnetId ?? '';
};

/** An internet gateway of a VPC, and a route table to it for one of its subnets. */
export const openSubnet = async (ec2: EC2Client, VpcId: string, SubnetId: string) => {
  const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand({}));
  const InternetGatewayId = InternetGateway?.InternetGatewayId ?? '';
  await ec2.send(new AttachInternetGatewayCommand({ VpcId, InternetGatewayId }));
  const { RouteTable } = await ec2.send(new CreateRouteTableCommand({ VpcId }));
  const RouteTableId = RouteTable?.RouteTableId ?? '';
  const route = { RouteTableId, DestinationCidrBlock: '0.0.0.0/0', GatewayId: InternetGatewayId };
  await ec2.send(new CreateRouteCommand(route));
  const { AssociationId = '' } = await ec2.send(new AssociateRouteTableCommand({ RouteTableId, SubnetId }));
  return { InternetGatewayId, RouteTableId, AssociationId };
};

export const defaultVpcId = async (ec2: EC2Client): Promise<string> => {
  const Filters = [{ Name: 'is-default', Values: ['true'] }];
  const { Vpcs } = await ec2.send(new DescribeVpcsCommand({ Filters }));
  return Vpcs?.[0]?.VpcId ?? '';
};

export const subnetsOfVpc = async (ec2: EC2Client, vpc: string) => {
  const Filters = [{ Name: 'vpc-id', Values: [vpc] }];
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ Filters }));
  return Subnets;
};

export const runOf = async (world: World, given: object = {}): Promise<RunInstancesCommand> =>
  new RunInstancesCommand({
    ImageId: await canonicalImage(world),
    InstanceType: 't3.micro',
    MinCount: 1,
    MaxCount: 1,
    ...given,
  });

/** The launched instance. */
export const launchIn = async (world: World, given: object) => {
  const { Instances } = await world.ec2().send(await runOf(world, given));
  const instance = Instances?.[0];
  if (!instance?.InstanceId) throw new Error('RunInstances showed no instance');
  return { ...instance, InstanceId: instance.InstanceId };
};

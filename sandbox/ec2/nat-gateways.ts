import type {
  CreateNatGatewayRequest,
  CreateNatGatewayResult,
  DeleteNatGatewayRequest,
  DeleteNatGatewayResult,
  DescribeNatGatewaysRequest,
  DescribeNatGatewaysResult,
  NatGateway,
} from '@aws-sdk/client-ec2';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import { pageOf } from '../calls/pages.ts';
import { AwsError } from '../model/aws-error.ts';
import { lookUp, lookUpAll, newId } from '../model/identifiers.ts';
import type { NatGatewayRecord, SubnetRecord } from '../model/network-records.ts';
import { addressAssociation, addressWithAllocation, isAssociated, unusedAddress } from './addresses.ts';
import { madeWith, rememberToken } from './client-tokens.ts';
import { type Fields, filtered } from './filters.ts';
import { visibleNatGateways } from './nat-gateway-records.ts';
import { internetGatewaysOf, subnetWithId } from './network-records.ts';
import { addTags, readTagSpecifications, tagListOf, tagsOf } from './tag-set.ts';

const gateways = ({ store, account, region }: Context) => store.of('natGateway', account, region);

const stateOf = ({ deletedAt, failure }: NatGatewayRecord): NonNullable<NatGateway['State']> => {
  if (deletedAt !== undefined) return 'deleted';
  return failure ? 'failed' : 'available';
};

const view = (context: Context, gateway: NatGatewayRecord, state = stateOf(gateway)): NatGateway => {
  const address = gateway.allocation === undefined ? undefined : addressOf(context, gateway.allocation);
  return {
    NatGatewayId: gateway.id,
    VpcId: gateway.vpc,
    SubnetId: gateway.subnet,
    State: state,
    ConnectivityType: gateway.isPublic ? 'public' : 'private',
    CreateTime: new Date(gateway.createdAt),
    DeleteTime: gateway.deletedAt === undefined ? undefined : new Date(gateway.deletedAt),
    FailureCode: gateway.failure?.code,
    FailureMessage: gateway.failure?.message,
    NatGatewayAddresses: [
      {
        NetworkInterfaceId: gateway.networkInterface,
        PrivateIp: gateway.privateAddress,
        IsPrimary: true,
        Status: 'succeeded',
        ...(address
          ? {
              AllocationId: address.allocation,
              PublicIp: address.address,
              AssociationId: addressAssociation(address),
            }
          : {}),
      },
    ],
    Tags: tagListOf(context, gateway.id),
  };
};

const addressOf = ({ store, account, region }: Context, allocation: string) =>
  store.of('address', account, region).get(allocation);

const fields: Fields<NatGatewayRecord> = {
  'nat-gateway-id': ({ id }) => id,
  state: (gateway) => stateOf(gateway),
  'subnet-id': ({ subnet }) => subnet,
  'vpc-id': ({ vpc }) => vpc,
};

/**
 * The Elastic IP address of a public gateway. Throws `MissingParameter` if it has none, `Resource.AlreadyAssociated` if the
 * address is in use.
 */
const allocationOf = (
  context: Context,
  { AllocationId, ConnectivityType = 'public' }: CreateNatGatewayRequest,
): { isPublic: boolean; allocation?: string } => {
  if (ConnectivityType !== 'public' && ConnectivityType !== 'private') {
    throw new AwsError(
      'InvalidParameterValue',
      `Value (${String(ConnectivityType)}) for parameter connectivityType is invalid.`,
    );
  }
  if (ConnectivityType === 'private') {
    if (AllocationId === undefined) return { isPublic: false };
    throw new AwsError('InvalidParameterCombination', 'A private NAT gateway has no Elastic IP address');
  }
  if (AllocationId === undefined) {
    throw new AwsError('MissingParameter', 'The request must contain the parameter AllocationId');
  }
  const address = addressWithAllocation(context, AllocationId);
  if (isAssociated(context, address)) {
    throw new AwsError(
      'Resource.AlreadyAssociated',
      `Elastic IP address ${address.allocation} is already associated`,
    );
  }
  return { isPublic: true, allocation: address.allocation };
};

/** Why a public gateway fails in a subnet; code and words are those of NatGateway's `FailureMessage`. */
const failureIn = (
  context: Context,
  { vpc }: SubnetRecord,
  isPublic: boolean,
): NatGatewayRecord['failure'] =>
  !isPublic || internetGatewaysOf(context).some((gateway) => gateway.vpc === vpc)
    ? undefined
    : { code: 'Gateway.NotAttached', message: `Network ${vpc} has no Internet gateway attached` };

export const natGatewayOperations: Record<string, Operation> = {
  CreateNatGateway: operation<CreateNatGatewayRequest, CreateNatGatewayResult>(
    ['SubnetId', 'AllocationId', 'ConnectivityType', 'TagSpecifications', 'ClientToken'],
    (context, input) => {
      const [before] = madeWith(context, 'CreateNatGateway', input) ?? [];
      const known = before === undefined ? undefined : gateways(context).get(before);
      if (known) return { NatGateway: view(context, known), ClientToken: input.ClientToken };
      const subnet = subnetWithId(context, input.SubnetId ?? '');
      const { isPublic, allocation } = allocationOf(context, input);
      const tags = readTagSpecifications(input.TagSpecifications, ['natgateway']);
      const failure = failureIn(context, subnet, isPublic);
      const gateway: NatGatewayRecord = {
        id: newId('nat'),
        vpc: subnet.vpc,
        subnet: subnet.id,
        isPublic,
        ...(allocation === undefined ? {} : { allocation }),
        networkInterface: newId('eni'),
        privateAddress: unusedAddress(context, 75),
        createdAt: context.now.toISOString(),
        ...(failure ? { failure } : {}),
      };
      gateways(context).put(gateway.id, gateway);
      addTags(context, gateway.id, tags.natgateway);
      rememberToken(context, 'CreateNatGateway', input, [gateway.id]);
      return { NatGateway: view(context, gateway, 'pending'), ClientToken: input.ClientToken };
    },
  ),

  DeleteNatGateway: operation<DeleteNatGatewayRequest, DeleteNatGatewayResult>(
    ['NatGatewayId'],
    (context, { NatGatewayId = '' }) => {
      const gateway = lookUp('nat', NatGatewayId, (id) =>
        visibleNatGateways(context).find((one) => one.id === id),
      );
      if (gateway.deletedAt === undefined) {
        gateways(context).put(gateway.id, { ...gateway, deletedAt: context.now.toISOString() });
      }
      return { NatGatewayId: gateway.id };
    },
  ),

  DescribeNatGateways: operation<DescribeNatGatewaysRequest, DescribeNatGatewaysResult>(
    ['NatGatewayIds', 'Filter', 'MaxResults', 'NextToken'],
    (context, input) => {
      const all = visibleNatGateways(context);
      const named = input.NatGatewayIds?.length
        ? lookUpAll('nat', input.NatGatewayIds, (id) => all.find((gateway) => gateway.id === id))
        : all;
      const shown = filtered(named, input.Filter, fields, ({ id }) => tagsOf(context, id));
      const { items, next } = pageOf('DescribeNatGateways', shown, ({ id }) => id, input);
      return { NatGateways: items.map((gateway) => view(context, gateway)), NextToken: next };
    },
  ),
};

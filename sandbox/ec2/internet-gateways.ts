import type {
  AttachInternetGatewayRequest,
  CreateInternetGatewayRequest,
  CreateInternetGatewayResult,
  DeleteInternetGatewayRequest,
  DescribeInternetGatewaysRequest,
  DescribeInternetGatewaysResult,
  DetachInternetGatewayRequest,
  InternetGateway,
} from '@aws-sdk/client-ec2';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import { pageOf } from '../calls/pages.ts';
import { AwsError } from '../model/aws-error.ts';
import { lookUpAll, newId } from '../model/identifiers.ts';
import type { InternetGatewayRecord } from '../model/network-records.ts';
import { type Fields, filtered } from './filters.ts';
import { liveNatGateways } from './nat-gateway-records.ts';
import { publicAddressOf } from './network-interface-view.ts';
import {
  internetGatewaysOf,
  internetGatewayWithId,
  inUse,
  placedInstances,
  put,
  remove,
  vpcWithId,
} from './network-records.ts';
import { addTags, readTagSpecifications, tagListOf, tagsOf } from './tag-set.ts';

/** Internet gateways per region ("Amazon VPC quotas"): as many as VPCs. */
const mostGateways = 5;

const view = (context: Context, { id, vpc }: InternetGatewayRecord): InternetGateway => ({
  InternetGatewayId: id,
  OwnerId: context.account,
  Attachments: vpc === undefined ? [] : [{ VpcId: vpc, State: 'available' as 'attached' }],
  Tags: tagListOf(context, id),
});

const fields = (context: Context): Fields<InternetGatewayRecord> => ({
  'attachment.state': ({ vpc }) => (vpc === undefined ? undefined : 'available'),
  'attachment.vpc-id': ({ vpc }) => vpc,
  'internet-gateway-id': ({ id }) => id,
  'owner-id': () => context.account,
});

export const internetGatewayOperations: Record<string, Operation> = {
  CreateInternetGateway: operation<CreateInternetGatewayRequest, CreateInternetGatewayResult>(
    ['TagSpecifications'],
    (context, { TagSpecifications }) => {
      const tags = readTagSpecifications(TagSpecifications, ['internet-gateway']);
      if (internetGatewaysOf(context).length >= mostGateways) {
        throw new AwsError(
          'InternetGatewayLimitExceeded',
          'The maximum number of internet gateways has been reached.',
        );
      }
      const gateway = { id: newId('igw') };
      put(context, 'internetGateway', gateway);
      addTags(context, gateway.id, tags['internet-gateway']);
      return { InternetGateway: view(context, gateway) };
    },
  ),

  DeleteInternetGateway: operation<DeleteInternetGatewayRequest, object>(
    ['InternetGatewayId'],
    (context, { InternetGatewayId = '' }) => {
      const gateway = internetGatewayWithId(context, InternetGatewayId);
      if (gateway.vpc !== undefined) throw inUse('internetGateway', gateway.id);
      remove(context, 'internetGateway', gateway.id);
      return {};
    },
  ),

  AttachInternetGateway: operation<AttachInternetGatewayRequest, object>(
    ['InternetGatewayId', 'VpcId'],
    (context, { InternetGatewayId = '', VpcId = '' }) => {
      const gateway = internetGatewayWithId(context, InternetGatewayId);
      const vpc = vpcWithId(context, VpcId);
      if (gateway.vpc !== undefined) {
        throw new AwsError(
          'Resource.AlreadyAssociated',
          `resource ${gateway.id} is already attached to network ${gateway.vpc}`,
        );
      }
      if (internetGatewaysOf(context).some((other) => other.vpc === vpc.id)) {
        throw new AwsError(
          'InvalidParameterValue',
          `Network ${vpc.id} already has an internet gateway attached`,
        );
      }
      put(context, 'internetGateway', { ...gateway, vpc: vpc.id });
      return {};
    },
  ),

  /** "The VPC must not contain any running instances with Elastic IP addresses or public IPv4 addresses" (DetachInternetGateway). */
  DetachInternetGateway: operation<DetachInternetGatewayRequest, object>(
    ['InternetGatewayId', 'VpcId'],
    (context, { InternetGatewayId = '', VpcId = '' }) => {
      const gateway = internetGatewayWithId(context, InternetGatewayId);
      const vpc = vpcWithId(context, VpcId);
      if (gateway.vpc !== vpc.id) {
        throw new AwsError(
          'Gateway.NotAttached',
          `resource ${gateway.id} is not attached to network ${vpc.id}`,
        );
      }
      const isMapped =
        placedInstances(context).some((one) => one.vpc === vpc.id && publicAddressOf(one) !== undefined) ||
        liveNatGateways(context).some((one) => one.vpc === vpc.id && one.isPublic);
      if (isMapped) {
        throw new AwsError(
          'DependencyViolation',
          `Network ${vpc.id} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.`,
        );
      }
      put(context, 'internetGateway', { id: gateway.id });
      return {};
    },
  ),

  DescribeInternetGateways: operation<DescribeInternetGatewaysRequest, DescribeInternetGatewaysResult>(
    ['InternetGatewayIds', 'Filters', 'MaxResults', 'NextToken'],
    (context, input) => {
      const all = internetGatewaysOf(context);
      const named = input.InternetGatewayIds?.length
        ? lookUpAll('igw', input.InternetGatewayIds, (id) => all.find((gateway) => gateway.id === id))
        : all;
      const shown = filtered(named, input.Filters, fields(context), ({ id }) => tagsOf(context, id));
      const { items, next } = pageOf('DescribeInternetGateways', shown, ({ id }) => id, input);
      return { InternetGateways: items.map((gateway) => view(context, gateway)), NextToken: next };
    },
  ),
};

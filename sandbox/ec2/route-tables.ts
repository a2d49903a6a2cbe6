import type {
  AssociateRouteTableRequest,
  AssociateRouteTableResult,
  CreateRouteRequest,
  CreateRouteResult,
  CreateRouteTableRequest,
  CreateRouteTableResult,
  DeleteRouteRequest,
  DeleteRouteTableRequest,
  DescribeRouteTablesRequest,
  DescribeRouteTablesResult,
  DisassociateRouteTableRequest,
  ReplaceRouteRequest,
  ReplaceRouteTableAssociationRequest,
  ReplaceRouteTableAssociationResult,
  Route,
  RouteTable,
} from '@aws-sdk/client-ec2';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import { pageOf } from '../calls/pages.ts';
import { AwsError } from '../model/aws-error.ts';
import { blockOf, cidrOf } from '../model/cidr.ts';
import { lookUp, lookUpAll, newId } from '../model/identifiers.ts';
import type { RouteRecord, RouteTableAssociation, RouteTableRecord } from '../model/network-records.ts';
import { madeWith, rememberToken } from './client-tokens.ts';
import { type Fields, filtered, matchNothing } from './filters.ts';
import { liveNatGateways, visibleNatGateways } from './nat-gateway-records.ts';
import {
  internetGatewaysOf,
  internetGatewayWithId,
  inUse,
  put,
  remove,
  routeTablesOf,
  routeTableWithId,
  subnetWithId,
  vpcsOf,
  vpcWithId,
} from './network-records.ts';
import { addTags, readTagSpecifications, tagListOf, tagsOf } from './tag-set.ts';

/** Whether a route's target exists in its VPC; otherwise the route is a blackhole (Route, `State`). */
export const isActive = (context: Context, { vpc }: RouteTableRecord, { target }: RouteRecord): boolean =>
  'internetGateway' in target
    ? internetGatewaysOf(context).some(
        (gateway) => gateway.id === target.internetGateway && gateway.vpc === vpc,
      )
    : liveNatGateways(context).some(({ id }) => id === target.natGateway);

/** The routes of a table; the first one stays within its VPC. */
const routesOf = (context: Context, table: RouteTableRecord): Route[] => {
  const vpc = vpcsOf(context).find(({ id }) => id === table.vpc);
  return [
    {
      DestinationCidrBlock: vpc?.cidr,
      GatewayId: 'local',
      Origin: 'CreateRouteTable',
      State: 'active',
    },
    ...table.routes.map(
      (route): Route => ({
        DestinationCidrBlock: route.cidr,
        ...('internetGateway' in route.target
          ? { GatewayId: route.target.internetGateway }
          : { NatGatewayId: route.target.natGateway }),
        Origin: 'CreateRoute',
        State: isActive(context, table, route) ? 'active' : 'blackhole',
      }),
    ),
  ];
};

const view = (context: Context, table: RouteTableRecord): RouteTable => ({
  RouteTableId: table.id,
  VpcId: table.vpc,
  OwnerId: context.account,
  Routes: routesOf(context, table),
  Associations: table.associations.map(({ id, subnet }) => ({
    RouteTableAssociationId: id,
    RouteTableId: table.id,
    Main: subnet === undefined,
    SubnetId: subnet,
    AssociationState: { State: 'associated' },
  })),
  PropagatingVgws: [],
  Tags: tagListOf(context, table.id),
});

const fields = (context: Context): Fields<RouteTableRecord> => {
  const ofRoutes = (read: (route: Route) => string | undefined) => (table: RouteTableRecord) =>
    routesOf(context, table).map(read);
  return {
    'association.route-table-association-id': ({ associations }) => associations.map(({ id }) => id),
    'association.route-table-id': ({ id, associations }) => associations.map(() => id),
    'association.subnet-id': ({ associations }) => associations.map(({ subnet }) => subnet),
    'association.main': ({ associations }) => associations.map(({ subnet }) => String(subnet === undefined)),
    'owner-id': () => context.account,
    'route-table-id': ({ id }) => id,
    'route.destination-cidr-block': ofRoutes(({ DestinationCidrBlock }) => DestinationCidrBlock),
    'route.gateway-id': ofRoutes(({ GatewayId }) => GatewayId),
    'route.nat-gateway-id': ofRoutes(({ NatGatewayId }) => NatGatewayId),
    'route.origin': ofRoutes(({ Origin }) => Origin),
    'route.state': ofRoutes(({ State }) => State),
    'vpc-id': ({ vpc }) => vpc,
    ...matchNothing(
      'association.gateway-id',
      'route.destination-ipv6-cidr-block',
      'route.destination-prefix-list-id',
      'route.egress-only-internet-gateway-id',
      'route.instance-id',
      'route.transit-gateway-id',
      'route.vpc-peering-connection-id',
    ),
  };
};

/** The target of a route. Throws for a gateway of another VPC, and unless there is exactly one target. */
const targetOf = (
  context: Context,
  { id, vpc }: RouteTableRecord,
  { GatewayId, NatGatewayId }: CreateRouteRequest,
): RouteRecord['target'] => {
  const natGateway =
    NatGatewayId === undefined
      ? undefined
      : lookUp('nat', NatGatewayId, (wanted) => visibleNatGateways(context).find((one) => one.id === wanted));
  const internetGateway = GatewayId === undefined ? undefined : internetGatewayWithId(context, GatewayId);
  if (natGateway && internetGateway) {
    throw new AwsError('InvalidParameterCombination', 'A route has one target only');
  }
  const gateway = natGateway ?? internetGateway;
  if (!gateway) {
    throw new AwsError(
      'MissingParameter',
      'The request must contain the parameter gatewayId or another target',
    );
  }
  if (gateway.vpc !== vpc) throw otherNetwork(id, gateway.id);
  return natGateway ? { natGateway: gateway.id } : { internetGateway: gateway.id };
};

const otherNetwork = (table: string, gateway: string): AwsError =>
  new AwsError(
    'InvalidParameterValue',
    `route table ${table} and network gateway ${gateway} belong to different networks`,
  );

const destinationOf = (cidr: string | undefined): string => {
  if (cidr === undefined) {
    throw new AwsError('MissingParameter', 'The request must contain the parameter destinationCidrBlock');
  }
  const block = blockOf(cidr);
  if (block) return cidrOf(block);
  throw new AwsError(
    'InvalidParameterValue',
    `Value (${cidr}) for parameter destinationCidrBlock is invalid. This is not a valid CIDR block.`,
  );
};

const refuseLocal = (context: Context, table: RouteTableRecord, cidr: string, verb: string): void => {
  if (vpcsOf(context).some(({ id, cidr: local }) => id === table.vpc && local === cidr)) {
    throw new AwsError(
      'InvalidParameterValue',
      `cannot ${verb} local route ${cidr} in route table ${table.id}`,
    );
  }
};

const noRoute = (table: RouteTableRecord, cidr: string): AwsError =>
  new AwsError(
    'InvalidRoute.NotFound',
    `no route with destination-cidr-block ${cidr} in route table ${table.id}`,
  );

/** The table with an association, and the association. */
const associationWithId = (
  context: Context,
  id: string,
): { table: RouteTableRecord; association: RouteTableAssociation } =>
  lookUp('rtbassoc', id, (wanted) => {
    for (const table of routeTablesOf(context)) {
      const association = table.associations.find((one) => one.id === wanted);
      if (association) return { table, association };
    }
    return undefined;
  });

export const routeTableOperations: Record<string, Operation> = {
  CreateRouteTable: operation<CreateRouteTableRequest, CreateRouteTableResult>(
    ['VpcId', 'TagSpecifications', 'ClientToken'],
    (context, input) => {
      const { VpcId = '', TagSpecifications, ClientToken } = input;
      const before = madeWith(context, 'CreateRouteTable', input) ?? [];
      const known = routeTablesOf(context).find(({ id }) => before.includes(id));
      if (known) return { RouteTable: view(context, known), ClientToken };
      const vpc = vpcWithId(context, VpcId);
      const tags = readTagSpecifications(TagSpecifications, ['route-table']);
      const table: RouteTableRecord = { id: newId('rtb'), vpc: vpc.id, routes: [], associations: [] };
      put(context, 'routeTable', table);
      addTags(context, table.id, tags['route-table']);
      rememberToken(context, 'CreateRouteTable', input, [table.id]);
      return { RouteTable: view(context, table), ClientToken };
    },
  ),

  DeleteRouteTable: operation<DeleteRouteTableRequest, object>(
    ['RouteTableId'],
    (context, { RouteTableId = '' }) => {
      const table = routeTableWithId(context, RouteTableId);
      if (table.associations.length > 0) throw inUse('routeTable', table.id);
      remove(context, 'routeTable', table.id);
      return {};
    },
  ),

  DescribeRouteTables: operation<DescribeRouteTablesRequest, DescribeRouteTablesResult>(
    ['RouteTableIds', 'Filters', 'MaxResults', 'NextToken'],
    (context, input) => {
      const all = routeTablesOf(context);
      const named = input.RouteTableIds?.length
        ? lookUpAll('rtb', input.RouteTableIds, (id) => all.find((table) => table.id === id))
        : all;
      const shown = filtered(named, input.Filters, fields(context), ({ id }) => tagsOf(context, id));
      const { items, next } = pageOf('DescribeRouteTables', shown, ({ id }) => id, input, { most: 100 });
      return { RouteTables: items.map((table) => view(context, table)), NextToken: next };
    },
  ),

  CreateRoute: operation<CreateRouteRequest, CreateRouteResult>(
    ['RouteTableId', 'DestinationCidrBlock', 'GatewayId', 'NatGatewayId'],
    (context, input) => {
      const table = routeTableWithId(context, input.RouteTableId ?? '');
      const cidr = destinationOf(input.DestinationCidrBlock);
      const target = targetOf(context, table, input);
      const isLocal = vpcsOf(context).some((vpc) => vpc.id === table.vpc && vpc.cidr === cidr);
      if (isLocal || table.routes.some((route) => route.cidr === cidr)) {
        throw new AwsError('RouteAlreadyExists', `The route identified by ${cidr} already exists.`);
      }
      put(context, 'routeTable', { ...table, routes: [...table.routes, { cidr, target }] });
      return { Return: true };
    },
  ),

  ReplaceRoute: operation<ReplaceRouteRequest, object>(
    ['RouteTableId', 'DestinationCidrBlock', 'GatewayId', 'NatGatewayId'],
    (context, input) => {
      const table = routeTableWithId(context, input.RouteTableId ?? '');
      const cidr = destinationOf(input.DestinationCidrBlock);
      const target = targetOf(context, table, input);
      refuseLocal(context, table, cidr, 'replace');
      if (!table.routes.some((route) => route.cidr === cidr)) throw noRoute(table, cidr);
      const routes = table.routes.map((route) => (route.cidr === cidr ? { cidr, target } : route));
      put(context, 'routeTable', { ...table, routes });
      return {};
    },
  ),

  DeleteRoute: operation<DeleteRouteRequest, object>(
    ['RouteTableId', 'DestinationCidrBlock'],
    (context, { RouteTableId = '', DestinationCidrBlock }) => {
      const table = routeTableWithId(context, RouteTableId);
      const cidr = destinationOf(DestinationCidrBlock);
      refuseLocal(context, table, cidr, 'remove');
      if (!table.routes.some((route) => route.cidr === cidr)) throw noRoute(table, cidr);
      put(context, 'routeTable', { ...table, routes: table.routes.filter((route) => route.cidr !== cidr) });
      return {};
    },
  ),

  AssociateRouteTable: operation<AssociateRouteTableRequest, AssociateRouteTableResult>(
    ['RouteTableId', 'SubnetId'],
    (context, { RouteTableId = '', SubnetId }) => {
      const table = routeTableWithId(context, RouteTableId);
      if (SubnetId === undefined) {
        throw new AwsError('MissingParameter', 'Either subnetId or gatewayId should be provided.');
      }
      const subnet = subnetWithId(context, SubnetId);
      if (subnet.vpc !== table.vpc) {
        throw new AwsError(
          'InvalidParameterValue',
          `route table ${table.id} and subnet ${subnet.id} belong to different networks`,
        );
      }
      const same = table.associations.find((one) => one.subnet === subnet.id);
      if (same) return { AssociationId: same.id, AssociationState: { State: 'associated' } };
      if (
        routeTablesOf(context).some(({ associations }) =>
          associations.some((one) => one.subnet === subnet.id),
        )
      ) {
        throw new AwsError(
          'Resource.AlreadyAssociated',
          `the specified association for route table ${table.id} conflicts with an existing association`,
        );
      }
      const id = newId('rtbassoc');
      put(context, 'routeTable', {
        ...table,
        associations: [...table.associations, { id, subnet: subnet.id }],
      });
      return { AssociationId: id, AssociationState: { State: 'associated' } };
    },
  ),

  DisassociateRouteTable: operation<DisassociateRouteTableRequest, object>(
    ['AssociationId'],
    (context, { AssociationId = '' }) => {
      const { table, association } = associationWithId(context, AssociationId);
      if (association.subnet === undefined) {
        throw new AwsError(
          'InvalidParameterValue',
          `cannot disassociate the main route table association ${association.id}`,
        );
      }
      put(context, 'routeTable', {
        ...table,
        associations: table.associations.filter((one) => one !== association),
      });
      return {};
    },
  ),

  /** Associates a subnet with another table, or makes another table a VPC's main one; the association gets a new id. */
  ReplaceRouteTableAssociation: operation<
    ReplaceRouteTableAssociationRequest,
    ReplaceRouteTableAssociationResult
  >(['AssociationId', 'RouteTableId'], (context, { AssociationId = '', RouteTableId = '' }) => {
    const { table, association } = associationWithId(context, AssociationId);
    const other = routeTableWithId(context, RouteTableId);
    if (other.vpc !== table.vpc) {
      throw new AwsError(
        'InvalidParameterValue',
        `route table ${other.id} and route table ${table.id} belong to different networks`,
      );
    }
    const id = newId('rtbassoc');
    const left = table.associations.filter((one) => one !== association);
    put(context, 'routeTable', { ...table, associations: left });
    const kept = other.id === table.id ? left : other.associations;
    put(context, 'routeTable', { ...other, associations: [...kept, { ...association, id }] });
    return { NewAssociationId: id, AssociationState: { State: 'associated' } };
  }),
};

import type { Context } from '../calls/operation.ts';
import { AwsError } from '../model/aws-error.ts';
import { lookUp } from '../model/identifiers.ts';
import type {
  InternetGatewayRecord,
  RouteTableRecord,
  SubnetRecord,
  VpcRecord,
} from '../model/network-records.ts';
import type { InstanceRecord, Records, SecurityGroupRecord } from '../model/records.ts';
import { instanceState } from '../state/lifecycle.ts';
import { type StandingNetwork, standingNetwork } from './standing-network.ts';
import { dropTags } from './tag-set.ts';

type Place = Pick<Context, 'store' | 'account' | 'region'>;
type NetworkKind = Exclude<keyof StandingNetwork, 'tags'>;

/** All resources of a kind: the initial ones with their changes, and those that calls have created. */
const allOf = <K extends NetworkKind>(place: Place, kind: K): Records[K][] => {
  const { store, account, region } = place;
  const stored = store.of(kind, account, region);
  const removed = store.of('removed', account, region);
  const standing = standingNetwork(place)[kind] as Records[K][];
  return [
    ...standing.filter(({ id }) => stored.get(id) === undefined && removed.get(id) === undefined),
    ...stored.list(),
  ];
};

export const vpcsOf = (place: Place): VpcRecord[] => allOf(place, 'vpc');
export const subnetsOf = (place: Place): SubnetRecord[] => allOf(place, 'subnet');
export const routeTablesOf = (place: Place): RouteTableRecord[] => allOf(place, 'routeTable');
export const internetGatewaysOf = (place: Place): InternetGatewayRecord[] => allOf(place, 'internetGateway');
export const securityGroupsOf = (place: Place): SecurityGroupRecord[] => allOf(place, 'securityGroup');

export const put = <K extends NetworkKind>(
  { store, account, region }: Place,
  kind: K,
  record: Records[K],
): void => store.of(kind, account, region).put(record.id, record);

/** Removes a resource with its tags, permanently even if it existed from the start. */
export const remove = (context: Context, kind: NetworkKind, id: string): void => {
  const { store, account, region } = context;
  if (store.of(kind, account, region).get(id)) store.of(kind, account, region).delete(id);
  const stands = standingNetwork(context)[kind].some((record) => record.id === id);
  dropTags(context, id);
  if (stands) store.of('removed', account, region).put(id, true);
};

export const vpcWithId = (context: Context, id: string): VpcRecord =>
  lookUp('vpc', id, (wanted) => vpcsOf(context).find((vpc) => vpc.id === wanted));

export const subnetWithId = (context: Context, id: string): SubnetRecord =>
  lookUp('subnet', id, (wanted) => subnetsOf(context).find((subnet) => subnet.id === wanted));

export const routeTableWithId = (context: Context, id: string): RouteTableRecord =>
  lookUp('rtb', id, (wanted) => routeTablesOf(context).find((table) => table.id === wanted));

export const internetGatewayWithId = (context: Context, id: string): InternetGatewayRecord =>
  lookUp('igw', id, (wanted) => internetGatewaysOf(context).find((gateway) => gateway.id === wanted));

/** The default VPC. Throws `VPCIdNotSpecified` in a region without one. */
export const defaultVpc = (context: Context): VpcRecord => {
  const vpc = vpcsOf(context).find(({ isDefault }) => isDefault);
  if (vpc) return vpc;
  throw new AwsError('VPCIdNotSpecified', 'No default VPC for this user');
};

/** The route table of a subnet: its own, otherwise its VPC's main one. */
export const routeTableOfSubnet = (place: Place, { id, vpc }: SubnetRecord): RouteTableRecord | undefined => {
  const tables = routeTablesOf(place).filter((table) => table.vpc === vpc);
  return (
    tables.find(({ associations }) => associations.some(({ subnet }) => subnet === id)) ?? tables.find(isMain)
  );
};

export const isMain = ({ associations }: RouteTableRecord): boolean =>
  associations.some(({ subnet }) => subnet === undefined);

/** Instances with a network interface; a terminated one has none. */
export const placedInstances = ({ store, account, region, now }: Context): InstanceRecord[] =>
  store
    .of('instance', account, region)
    .list()
    .filter((instance) => instanceState(instance, now) !== 'terminated');

export const inUse = (kind: string, id: string): AwsError =>
  new AwsError('DependencyViolation', `The ${kind} '${id}' has dependencies and cannot be deleted.`);

import type { Context } from '../calls/operation.ts';
import type { InstanceRecord, SecurityGroupRule } from '../model/records.ts';
import type { Store } from '../state/store.ts';
import { settingsOf } from '../state/stored-settings.ts';
import { privateAddressOf, publicAddressOf } from './network-interface-view.ts';
import { routeTableOfSubnet, securityGroupsOf, subnetsOf, vpcsOf } from './network-records.ts';
import { isActive } from './route-tables.ts';

const sshPort = 22;

/**
 * Whether a rule allows connections to sshd: to port 22, for which the sandbox's own port stands, or to that port, which Packer
 * opens in its temporary group because it was told to connect there.
 */
const letsSshIn = ({ protocol, from, to }: SecurityGroupRule, port: number): boolean =>
  protocol === '-1' ||
  (protocol === 'tcp' &&
    [sshPort, port].some((one) => from !== undefined && to !== undefined && from <= one && one <= to));

/**
 * Whether a connection to one of an instance's addresses reaches its sshd in the current networks.
 *
 * At its public address: if its subnet's route table leads to an internet gateway that its VPC has. At its private address: if
 * the rehearsal runs inside the VPC. In both cases one of its security groups has to allow port 22: from outside for some
 * address range (on loopback nobody can tell which one a connection comes from), from inside also for a group.
 */
export const hasWayIn = (
  context: Context,
  instance: InstanceRecord,
  address: string,
  port: number,
): boolean => {
  const isInside =
    settingsOf(context).insideVpcs || vpcsOf(context).some(({ id, inside }) => id === instance.vpc && inside);
  const toPublic = address === publicAddressOf(instance) && leadsOut(context, instance);
  const toPrivate = address === privateAddressOf(instance) && isInside;
  if (!toPublic && !toPrivate) return false;
  return securityGroupsOf(context)
    .filter(({ id }) => instance.groups.includes(id))
    .flatMap(({ ingress }) => ingress)
    .some((rule) => letsSshIn(rule, port) && ('cidr' in rule.peer || (toPrivate && 'group' in rule.peer)));
};

const leadsOut = (context: Context, { subnet: id }: InstanceRecord): boolean => {
  const subnet = subnetsOf(context).find((one) => one.id === id);
  const table = subnet && routeTableOfSubnet(context, subnet);
  return (table?.routes ?? []).some(
    (route) => table && 'internetGateway' in route.target && isActive(context, table, route),
  );
};

/** The same for an instance of any account and region; false if it is not running. */
export const isReachable = (
  store: Store,
  now: Date,
  instanceId: string,
  address: string,
  port: number,
): boolean =>
  store
    .everywhere('instance')
    .some(
      ({ record, account, region }) =>
        record.id === instanceId &&
        record.state === 'running' &&
        hasWayIn({ store, account, region, now } as Context, record, address, port),
    );

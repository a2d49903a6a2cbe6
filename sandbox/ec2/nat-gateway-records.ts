import type { Context } from '../calls/operation.ts';
import type { NatGatewayRecord } from '../model/network-records.ts';

const anHour = 3_600_000;

/** NAT gateways that are shown, including deleted ones for about an hour (DeleteNatGateway). */
export const visibleNatGateways = ({ store, account, region, now }: Context): NatGatewayRecord[] =>
  store
    .of('natGateway', account, region)
    .list()
    .filter(({ deletedAt }) => deletedAt === undefined || now.getTime() - Date.parse(deletedAt) < anHour);

/** Working NAT gateways, which have a network interface and maybe an Elastic IP address. */
export const liveNatGateways = (context: Context): NatGatewayRecord[] =>
  visibleNatGateways(context).filter(({ deletedAt, failure }) => deletedAt === undefined && !failure);

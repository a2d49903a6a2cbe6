import type { AddressRecord, RouteRecord, Store } from '../../sandbox/testing/internals.ts';
import * as records from './documented-records.ts';

const { owner } = records;

/** A VPC and a subnet that are not the default ones, for commands that change networks. */
export const ownVpc = 'vpc-0123456789abcdef0';
export const ownSubnet = 'subnet-0123456789abcdef0';

/** Commands that create, fill, attach or delete parts of a VPC that the default one has already. */
export const changesNetworks =
  /^\s*aws ec2 ((create|delete)-(subnet|vpc|route|nat-gateway)|(associate|disassociate|replace)-route|(attach|detach)-internet-gateway)\b/;

/** The existing Elastic IP address: the one in a command. */
export const seededAddress = (command: string): AddressRecord => ({
  allocation: 'eipalloc-0123456789abcdef0',
  address: /\b(\d{1,3}\.){3}\d{1,3}\b(?!\/)/.exec(command)?.[0] ?? '127.76.0.1',
});

const routesOf = (operation: string, cidr: string, internetGateway: string): RouteRecord[] => {
  if (operation === 'CreateRoute') return [];
  const route = { cidr, target: { internetGateway } };
  const natRoute = { cidr: '10.9.0.0/16', target: { natGateway: 'nat-0123456789abcdef0' } };
  return operation.startsWith('Describe') ? [route, natRoute] : [route];
};

/** The networks that exist before a command is run: everything it names, and one more resource of each kind. */
export const seedNetworks = (
  store: Store,
  region: string,
  operation: string,
  command: string,
  named: (prefix: string) => string[],
): void => {
  const isShown = operation.startsWith('Describe');
  store.of('vpc', owner, region).put(ownVpc, records.aVpc(ownVpc));
  if (operation !== 'DeleteVpc') {
    store.of('subnet', owner, region).put(ownSubnet, records.aSubnet(ownSubnet, ownVpc, '10.0.200.0/24'));
  }
  if (operation === 'CreateDefaultVpc') {
    const settings = store.of('settings', owner, region);
    settings.put('now', { ...settings.get('now'), defaultVpc: false });
  }
  if (operation === 'DeleteVpc') return;
  const [gateway = ''] = [...named('igw'), 'igw-0123456789abcdef0'];
  const isFree = ['AttachInternetGateway', 'DeleteInternetGateway'].includes(operation);
  store
    .of('internetGateway', owner, region)
    .put(gateway, { id: gateway, ...(isFree ? {} : { vpc: ownVpc }) });
  store.of('tags', owner, region).put(gateway, { Name: 'documented' });
  store.of('tags', owner, region).put('eni-1a2b3c4d', { Purpose: 'Prod' });
  const destination = /--destination-cidr-block (\S+)/.exec(command)?.[1] ?? '0.0.0.0/0';
  const [association = 'rtbassoc-0123456789abcdef0'] = named('rtbassoc');
  const isJoined = isShown || /^(Disassociate|Replace)/.test(operation);
  for (const [index, id] of [...new Set([...named('rtb'), 'rtb-0123456789abcdef1'])].entries()) {
    const joins = isJoined && index === (operation === 'ReplaceRouteTableAssociation' ? 1 : 0);
    store.of('routeTable', owner, region).put(id, {
      id,
      vpc: ownVpc,
      routes: routesOf(operation, destination, gateway),
      associations: joins ? [{ id: association, subnet: ownSubnet }] : [],
    });
  }
  const { address, allocation: usual } = seededAddress(command);
  const [allocation = usual] = named('eipalloc');
  store.of('address', owner, region).put(allocation, { allocation, address });
  for (const id of [...named('nat'), 'nat-0123456789abcdef0']) {
    const nat = records.aNatGateway(id, { vpc: ownVpc, subnet: ownSubnet });
    store.of('tags', owner, region).put(id, { Name: 'documented' });
    const used = isShown ? { isPublic: true, allocation } : {};
    if (operation !== 'DeleteSubnet') store.of('natGateway', owner, region).put(id, { ...nat, ...used });
  }
};

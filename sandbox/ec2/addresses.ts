import type {
  Address,
  AllocateAddressRequest,
  AllocateAddressResult,
  DescribeAddressesRequest,
  DescribeAddressesResult,
  ReleaseAddressRequest,
} from '@aws-sdk/client-ec2';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import { AwsError, notImplemented } from '../model/aws-error.ts';
import { lookUp, lookUpAll, newId } from '../model/identifiers.ts';
import type { AddressRecord, NatGatewayRecord } from '../model/network-records.ts';
import { type Fields, filtered, matchNothing } from './filters.ts';
import { liveNatGateways } from './nat-gateway-records.ts';
import { addTags, dropTags, readTagSpecifications, tagListOf, tagsOf } from './tag-set.ts';

/** Elastic IP addresses of a region ("Amazon VPC quotas"). */
const mostAddresses = 5;

const addresses = ({ store, account, region }: Context) => store.of('address', account, region);

export const addressWithAllocation = (context: Context, id: string): AddressRecord =>
  lookUp('eipalloc', id, (wanted) => addresses(context).get(wanted));

/** The NAT gateway that uses an address; instances of the sandbox use none. */
export const userOf = (context: Context, { allocation }: AddressRecord): NatGatewayRecord | undefined =>
  liveNatGateways(context).find((gateway) => gateway.allocation === allocation);

export const addressAssociation = ({ allocation }: AddressRecord): string =>
  allocation.replace('eipalloc-', 'eipassoc-');

/** A loopback address that nothing has had before, beside those of instances. */
export const unusedAddress = ({ store }: Context, network: 75 | 76): string => {
  const counter = store.of('counter', '', '');
  const key = `address in ${network}`;
  const last = ((counter.get(key) ?? 0) % 0xfffe) + 1;
  counter.put(key, last);
  return `127.${network}.${last >> 8}.${last & 255}`;
};

const view = (context: Context, address: AddressRecord): Address => {
  const gateway = userOf(context, address);
  return {
    PublicIp: address.address,
    AllocationId: address.allocation,
    Domain: 'vpc',
    PublicIpv4Pool: 'amazon',
    NetworkBorderGroup: context.region,
    ...(gateway
      ? {
          AssociationId: addressAssociation(address),
          NetworkInterfaceId: gateway.networkInterface,
          NetworkInterfaceOwnerId: context.account,
          PrivateIpAddress: gateway.privateAddress,
        }
      : {}),
    Tags: tagListOf(context, address.allocation),
  };
};

const fields = (context: Context): Fields<AddressRecord> => {
  const of = (read: (shown: Address) => string | undefined) => (address: AddressRecord) =>
    read(view(context, address));
  return {
    'allocation-id': ({ allocation }) => allocation,
    'association-id': of(({ AssociationId }) => AssociationId),
    domain: () => 'vpc',
    'network-border-group': () => context.region,
    'network-interface-id': of(({ NetworkInterfaceId }) => NetworkInterfaceId),
    'network-interface-owner-id': of(({ NetworkInterfaceOwnerId }) => NetworkInterfaceOwnerId),
    'private-ip-address': of(({ PrivateIpAddress }) => PrivateIpAddress),
    'public-ip': ({ address }) => address,
    ...matchNothing('instance-id'),
  };
};

export const addressOperations: Record<string, Operation> = {
  AllocateAddress: operation<AllocateAddressRequest, AllocateAddressResult>(
    ['Domain', 'TagSpecifications'],
    (context, { Domain = 'vpc', TagSpecifications }) => {
      if (Domain !== 'vpc' && Domain !== 'standard') {
        throw new AwsError(
          'InvalidParameterValue',
          `Value (${String(Domain)}) for parameter domain is invalid.`,
        );
      }
      if (Domain === 'standard') throw notImplemented('ec2:AllocateAddress outside of a VPC');
      const tags = readTagSpecifications(TagSpecifications, ['elastic-ip']);
      if (addresses(context).list().length >= mostAddresses) {
        throw new AwsError('AddressLimitExceeded', 'The maximum number of addresses has been reached.');
      }
      const address = { allocation: newId('eipalloc'), address: unusedAddress(context, 76) };
      addresses(context).put(address.allocation, address);
      addTags(context, address.allocation, tags['elastic-ip']);
      return {
        PublicIp: address.address,
        AllocationId: address.allocation,
        PublicIpv4Pool: 'amazon',
        NetworkBorderGroup: context.region,
        Domain: 'vpc',
      };
    },
  ),

  ReleaseAddress: operation<ReleaseAddressRequest, object>(['AllocationId'], (context, { AllocationId }) => {
    if (AllocationId === undefined) {
      throw new AwsError('MissingParameter', 'Either public IP or allocation id must be specified');
    }
    const address = addressWithAllocation(context, AllocationId);
    if (userOf(context, address)) {
      throw new AwsError('InvalidIPAddress.InUse', `Address ${address.address} is in use.`);
    }
    addresses(context).delete(address.allocation);
    dropTags(context, address.allocation);
    return {};
  }),

  DescribeAddresses: operation<DescribeAddressesRequest, DescribeAddressesResult>(
    ['PublicIps', 'AllocationIds', 'Filters'],
    (context, input) => {
      const all = addresses(context).list();
      const byId = lookUpAll('eipalloc', input.AllocationIds ?? [], (id) => addresses(context).get(id));
      const byAddress = (input.PublicIps ?? []).map((ip) => {
        const found = all.find(({ address }) => address === ip);
        if (found) return found;
        throw new AwsError('InvalidAddress.NotFound', `Address '${ip}' not found.`);
      });
      const named = [...new Set([...byId, ...byAddress])];
      const shown = filtered(
        named.length > 0 ? named : all,
        input.Filters,
        fields(context),
        ({ allocation }) => tagsOf(context, allocation),
      );
      return { Addresses: shown.map((address) => view(context, address)) };
    },
  ),
};

import type {
  Address,
  AllocateAddressRequest,
  AllocateAddressResult,
  AssociateAddressRequest,
  AssociateAddressResult,
  DescribeAddressesRequest,
  DescribeAddressesResult,
  DisassociateAddressRequest,
  ReleaseAddressRequest,
} from '@aws-sdk/client-ec2';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import { AwsError, notImplemented } from '../model/aws-error.ts';
import { lookUp, lookUpAll, newId } from '../model/identifiers.ts';
import type { AddressRecord, NatGatewayRecord } from '../model/network-records.ts';
import type { InstanceRecord } from '../model/records.ts';
import { instanceState } from '../state/lifecycle.ts';
import { type Fields, filtered } from './filters.ts';
import { nextAddress, ownInstance, putInstance } from './instance-records.ts';
import { startMachine } from './instance-states.ts';
import { liveNatGateways } from './nat-gateway-records.ts';
import { privateAddressOf } from './network-interface-view.ts';
import { internetGatewaysOf, placedInstances, vpcsOf } from './network-records.ts';
import { addTags, dropTags, readTagSpecifications, tagListOf, tagsOf } from './tag-set.ts';

/** Elastic IP addresses of a region ("Amazon VPC quotas"). */
export const mostAddresses = 5;

const addresses = ({ store, account, region }: Context) => store.of('address', account, region);

export const addressWithAllocation = (context: Context, id: string): AddressRecord =>
  lookUp('eipalloc', id, (wanted) => addresses(context).get(wanted));

const gatewayWith = (context: Context, { allocation }: AddressRecord): NatGatewayRecord | undefined =>
  liveNatGateways(context).find((gateway) => gateway.allocation === allocation);

const instanceWith = (context: Context, { allocation }: AddressRecord): InstanceRecord | undefined =>
  placedInstances(context).find(({ elasticAddress }) => elasticAddress?.allocation === allocation);

/** Whether a NAT gateway or an instance has an address. */
export const isAssociated = (context: Context, address: AddressRecord): boolean =>
  gatewayWith(context, address) !== undefined || instanceWith(context, address) !== undefined;

export const addressAssociation = ({ allocation }: AddressRecord): string =>
  allocation.replace('eipalloc-', 'eipassoc-');

const associationOf = (context: Context, address: AddressRecord): string | undefined =>
  gatewayWith(context, address)
    ? addressAssociation(address)
    : instanceWith(context, address)?.elasticAddress?.association;

/** A loopback address that has never been used, next to those of instances. */
export const unusedAddress = ({ store }: Context, network: 75 | 76): string => {
  const counter = store.of('counter', '', '');
  const key = `address in ${network}`;
  const last = ((counter.get(key) ?? 0) % 0xfffe) + 1;
  counter.put(key, last);
  return `127.${network}.${last >> 8}.${last & 255}`;
};

const user = (context: Context, address: AddressRecord): Address => {
  const gateway = gatewayWith(context, address);
  const instance = instanceWith(context, address);
  if (!gateway && !instance) return {};
  return {
    AssociationId: associationOf(context, address),
    NetworkInterfaceId: (gateway ?? instance)?.networkInterface,
    NetworkInterfaceOwnerId: context.account,
    PrivateIpAddress: gateway?.privateAddress ?? (instance && privateAddressOf(instance)),
    ...(instance ? { InstanceId: instance.id } : {}),
  };
};

const view = (context: Context, address: AddressRecord): Address => ({
  PublicIp: address.address,
  AllocationId: address.allocation,
  Domain: 'vpc',
  PublicIpv4Pool: 'amazon',
  NetworkBorderGroup: context.region,
  ...user(context, address),
  Tags: tagListOf(context, address.allocation),
});

const fields = (context: Context): Fields<AddressRecord> => {
  const of = (read: (shown: Address) => string | undefined) => (address: AddressRecord) =>
    read(view(context, address));
  return {
    'allocation-id': ({ allocation }) => allocation,
    'instance-id': of(({ InstanceId }) => InstanceId),
    'association-id': of(({ AssociationId }) => AssociationId),
    domain: () => 'vpc',
    'network-border-group': () => context.region,
    'network-interface-id': of(({ NetworkInterfaceId }) => NetworkInterfaceId),
    'network-interface-owner-id': of(({ NetworkInterfaceOwnerId }) => NetworkInterfaceOwnerId),
    'private-ip-address': of(({ PrivateIpAddress }) => PrivateIpAddress),
    'public-ip': ({ address }) => address,
  };
};

const addressWithIp = (context: Context, ip: string): AddressRecord => {
  const found = addresses(context)
    .list()
    .find(({ address }) => address === ip);
  if (found) return found;
  throw new AwsError('InvalidAddress.NotFound', `Address '${ip}' not found.`);
};

/** The address that a request names, by allocation id or by the address itself. */
const addressNamed = (
  context: Context,
  { AllocationId, PublicIp }: { AllocationId?: string | undefined; PublicIp?: string | undefined },
): AddressRecord => {
  if (AllocationId !== undefined && PublicIp !== undefined) {
    throw new AwsError(
      'InvalidParameterCombination',
      'You may specify public IP or allocation id, but not both',
    );
  }
  if (AllocationId !== undefined) return addressWithAllocation(context, AllocationId);
  if (PublicIp !== undefined) return addressWithIp(context, PublicIp);
  throw new AwsError('MissingParameter', 'Either public IP or allocation id must be specified');
};

/** The instance of an association, named by its id or by its network interface. */
const instanceNamed = (
  context: Context,
  { InstanceId, NetworkInterfaceId }: AssociateAddressRequest,
): InstanceRecord => {
  const byInterface = NetworkInterfaceId === undefined ? undefined : instanceAt(context, NetworkInterfaceId);
  const instance = InstanceId === undefined ? byInterface : ownInstance(context, InstanceId);
  if (!instance) {
    throw new AwsError('MissingParameter', 'Either instance ID or network interface id must be specified');
  }
  if (InstanceId !== undefined && byInterface) {
    throw new AwsError(
      'InvalidParameterCombination',
      'You may specify either instance id or network interface id, but not both',
    );
  }
  const state = instanceState(instance, context.now);
  if (state === 'running' || state === 'stopped') return instance;
  throw new AwsError(
    'InvalidInstanceID',
    `The ${state} instance '${instance.id}' is not in a valid state for this operation.`,
  );
};

const instanceAt = (context: Context, networkInterface: string): InstanceRecord => {
  if (liveNatGateways(context).some((gateway) => gateway.networkInterface === networkInterface))
    throw ofAws();
  return lookUp('eni', networkInterface, (id) =>
    placedInstances(context).find((instance) => instance.networkInterface === id),
  );
};

/** EC2's answer for a network interface that AWS manages, such as a NAT gateway's. */
const ofAws = (): AwsError =>
  new AwsError('AuthFailure', 'You do not have permission to access the specified resource.');

/**
 * Removes an instance's Elastic IP address: "When you disassociate the Elastic IP address from your instance, it receives a new
 * public IP address" ("Amazon EC2 instance IP addressing"), if it was launched with one.
 */
const disassociate = (context: Context, instance: InstanceRecord): void => {
  const { elasticAddress: _, ...rest } = instance;
  const privateAddress = privateAddressOf(instance);
  moveTo(context, { ...rest, privateAddress, address: nextAddress(context) });
};

/** Makes the SSH side answer at an instance's new address. */
const moveTo = (context: Context, instance: InstanceRecord): void => {
  putInstance(context, instance);
  if (instance.state === 'running') startMachine(context, instance);
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

  /** With an instance, whose own public address it replaces. An Elastic IP address that the instance had stays allocated. */
  AssociateAddress: operation<AssociateAddressRequest, AssociateAddressResult>(
    ['AllocationId', 'PublicIp', 'InstanceId', 'NetworkInterfaceId', 'AllowReassociation'],
    (context, input) => {
      const { allocation, address } = addressNamed(context, input);
      const instance = instanceNamed(context, input);
      const before = instanceWith(context, { allocation, address });
      const isGateways = gatewayWith(context, { allocation, address }) !== undefined;
      if (isGateways || (before && before.id !== instance.id && input.AllowReassociation === false)) {
        throw new AwsError(
          'Resource.AlreadyAssociated',
          `resource ${allocation} is already associated with associate-id ${associationOf(context, { allocation, address })}`,
        );
      }
      if (!internetGatewaysOf(context).some(({ vpc }) => vpc === instance.vpc)) {
        throw new AwsError(
          'Gateway.NotAttached',
          `Network ${instance.vpc} is not attached to any internet gateway`,
        );
      }
      // "This is an idempotent operation."
      if (before?.id === instance.id) return { AssociationId: before.elasticAddress?.association };
      if (before) disassociate(context, before);
      const association = newId('eipassoc');
      moveTo(context, { ...instance, elasticAddress: { allocation, address, association } });
      return { AssociationId: association };
    },
  ),

  DisassociateAddress: operation<DisassociateAddressRequest, object>(
    ['AssociationId', 'PublicIp'],
    (context, { AssociationId, PublicIp }) => {
      if ((AssociationId === undefined) === (PublicIp === undefined)) {
        throw AssociationId === undefined
          ? new AwsError('MissingParameter', 'Either public IP or association id must be specified')
          : new AwsError(
              'InvalidParameterCombination',
              'You may specify public IP or association id, but not both',
            );
      }
      const address =
        AssociationId === undefined
          ? addressWithIp(context, PublicIp ?? '')
          : lookUp('eipassoc', AssociationId, (id) =>
              addresses(context)
                .list()
                .find((one) => associationOf(context, one) === id),
            );
      if (gatewayWith(context, address)) throw ofAws();
      const instance = instanceWith(context, address);
      if (instance) disassociate(context, instance);
      return {};
    },
  ),

  ReleaseAddress: operation<ReleaseAddressRequest, object>(['AllocationId'], (context, { AllocationId }) => {
    const address = addressNamed(context, { AllocationId });
    const instance = instanceWith(context, address);
    // "[Default VPC] Releasing an Elastic IP address automatically disassociates it from any instance that it's associated with."
    const inDefault = vpcsOf(context).some(({ id, isDefault }) => id === instance?.vpc && isDefault);
    if (isAssociated(context, address) && !inDefault) {
      throw new AwsError('InvalidIPAddress.InUse', `Address ${address.address} is in use.`);
    }
    if (instance) disassociate(context, instance);
    addresses(context).delete(address.allocation);
    dropTags(context, address.allocation);
    return {};
  }),

  DescribeAddresses: operation<DescribeAddressesRequest, DescribeAddressesResult>(
    ['PublicIps', 'AllocationIds', 'Filters'],
    (context, input) => {
      const all = addresses(context).list();
      const byId = lookUpAll('eipalloc', input.AllocationIds ?? [], (id) => addresses(context).get(id));
      const byAddress = (input.PublicIps ?? []).map((ip) => addressWithIp(context, ip));
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

import { createHash } from 'node:crypto';
import type {
  DescribeSpotPriceHistoryRequest,
  DescribeSpotPriceHistoryResult,
  SpotPrice,
} from '@aws-sdk/client-ec2';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import { pageOf } from '../calls/pages.ts';
import { AwsError, notImplemented } from '../model/aws-error.ts';
import { regionFacts } from '../model/regions.ts';
import { type Fields, filtered } from './filters.ts';
import { zonesWith } from './instance-type-places.ts';
import { isInstanceType } from './instance-types.ts';
import { zoneId } from './regions.ts';
import { vcpusOf } from './vcpus.ts';

/** US dollars per On-Demand vCPU hour. Similar to AWS's prices, but made up, like all prices here. */
const dollarsOfVcpu = (type: string): number => (type.startsWith('t') ? 0.006 : 0.045);

export const onDemandPriceOf = (type: string): number => vcpusOf(type) * dollarsOfVcpu(type);

/** The price of a Spot Instance of a type in a zone: 30 to 45 percent of its On-Demand price, always the same. */
export const spotPriceOf = (type: string, zone: string): number => {
  const share = createHash('sha256').update(`${type} ${zone}`).digest().readUInt8(0) / 255;
  return onDemandPriceOf(type) * (0.3 + 0.15 * share);
};

export const written = (dollars: number): string => dollars.toFixed(6);

const product = 'Linux/UNIX';
const linux = [product, `${product} (Amazon VPC)`];

/** An hour ago: prices never change here. */
const since = ({ now }: Context): Date => new Date(Math.floor(now.getTime() / 3_600_000) * 3_600_000);

const fields: Fields<SpotPrice> = {
  'availability-zone': ({ AvailabilityZone }) => AvailabilityZone,
  'availability-zone-id': ({ AvailabilityZoneId }) => AvailabilityZoneId,
  'instance-type': ({ InstanceType }) => InstanceType,
  'product-description': ({ ProductDescription }) => ProductDescription,
  'spot-price': ({ SpotPrice: price }) => price,
  timestamp: ({ Timestamp }) => Timestamp?.toISOString(),
};

export const spotPriceOperations: Record<string, Operation> = {
  /** One price per type and zone, the current one. */
  DescribeSpotPriceHistory: operation<DescribeSpotPriceHistoryRequest, DescribeSpotPriceHistoryResult>(
    [
      'AvailabilityZone',
      'EndTime',
      'Filters',
      'InstanceTypes',
      'MaxResults',
      'NextToken',
      'ProductDescriptions',
      'StartTime',
    ],
    (context, input) => {
      const { AvailabilityZone: zone, InstanceTypes: asked = [], Filters = [] } = input;
      const { region } = context;
      const facts = regionFacts(region);
      if (zone !== undefined && !facts.zones.some((letter) => `${region}${letter}` === zone)) {
        throw new AwsError('InvalidParameterValue', `Invalid availability zone: [${zone}]`);
      }
      const page = (prices: SpotPrice[]) =>
        pageOf(
          'DescribeSpotPriceHistory',
          filtered(prices, Filters, fields),
          ({ InstanceType, AvailabilityZone }) => `${InstanceType} ${AvailabilityZone}`,
          input,
          { least: 1 },
        );
      page([]);
      const named = Filters.filter(({ Name }) => Name === 'instance-type').flatMap(
        ({ Values = [] }) => Values,
      );
      const types: string[] = [...new Set(asked.length > 0 ? asked : named)];
      const strange = asked.find((type) => !isInstanceType(type));
      if (strange !== undefined) {
        throw new AwsError('InvalidParameterValue', `Invalid value '${strange}' for InstanceType.`);
      }
      if (types.length === 0) throw notImplemented('ec2:DescribeSpotPriceHistory of all instance types');
      const { ProductDescriptions: products = [] } = input;
      const isOther = products.length > 0 && !products.some((one) => linux.includes(one));
      const isPast = input.EndTime !== undefined && input.EndTime < since(context);
      const prices = types.filter(isInstanceType).flatMap((type) =>
        zonesWith(context, type)
          .filter((one) => zone === undefined || one === zone)
          .map(
            (AvailabilityZone): SpotPrice => ({
              AvailabilityZone,
              AvailabilityZoneId: zoneId(region, AvailabilityZone),
              InstanceType: type as NonNullable<SpotPrice['InstanceType']>,
              ProductDescription: product,
              SpotPrice: written(spotPriceOf(type, AvailabilityZone)),
              Timestamp: since(context),
            }),
          ),
      );
      const { items, next } = page(isOther || isPast ? [] : prices);
      return { SpotPriceHistory: items, NextToken: next };
    },
  ),
};

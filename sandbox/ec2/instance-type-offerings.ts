import type {
  DescribeInstanceTypeOfferingsRequest,
  DescribeInstanceTypeOfferingsResult,
  InstanceTypeOffering,
} from '@aws-sdk/client-ec2';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import { pageOf } from '../calls/pages.ts';
import { AwsError } from '../model/aws-error.ts';
import { settingsOf } from '../state/stored-settings.ts';
import { type Fields, filtered } from './filters.ts';
import { knownTypes } from './instance-type-facts.ts';
import { zonesWith } from './instance-type-places.ts';
import { zoneId } from './regions.ts';

/** The locations of a kind that offer a type. Throws `InvalidParameterValue` for an unknown kind. */
const locationsOf = (context: Context, kind: string, type: string): string[] => {
  const { region } = context;
  const zones = zonesWith(context, type);
  switch (kind) {
    case 'region':
      return zones.length > 0 ? [region] : [];
    case 'availability-zone':
      return zones;
    case 'availability-zone-id':
      return zones.map((zone) => zoneId(region, zone));
    case 'outpost':
      return [];
    default:
      throw new AwsError(
        'InvalidParameterValue',
        `Value (${kind}) for parameter locationType is invalid. Expected region, availability-zone, availability-zone-id or outpost.`,
      );
  }
};

/** All types, including those of the settings. */
const typesOf = (context: Context): string[] => [
  ...new Set([...knownTypes, ...Object.keys(settingsOf(context).instanceTypes)]),
];

const fields: Fields<InstanceTypeOffering> = {
  'instance-type': ({ InstanceType }) => InstanceType,
  location: ({ Location }) => Location,
};

const placeOf = ({ InstanceType, Location }: InstanceTypeOffering): string => `${InstanceType} ${Location}`;

export const instanceTypeOfferingOperations: Record<string, Operation> = {
  DescribeInstanceTypeOfferings: operation<
    DescribeInstanceTypeOfferingsRequest,
    DescribeInstanceTypeOfferingsResult
  >(['LocationType', 'Filters', 'MaxResults', 'NextToken'], (context, input) => {
    const LocationType = input.LocationType ?? 'region';
    const page = (offerings: InstanceTypeOffering[]) =>
      pageOf('DescribeInstanceTypeOfferings', filtered(offerings, input.Filters, fields), placeOf, input);
    locationsOf(context, LocationType, 't3.micro');
    const all = typesOf(context).flatMap((InstanceType) =>
      locationsOf(context, LocationType, InstanceType).map((Location) => ({
        InstanceType,
        LocationType,
        Location,
      })),
    ) as InstanceTypeOffering[];
    const { items, next } = page(all);
    return { InstanceTypeOfferings: items, NextToken: next };
  }),
};

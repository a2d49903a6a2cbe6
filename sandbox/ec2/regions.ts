import type {
  DescribeAvailabilityZonesRequest,
  DescribeAvailabilityZonesResult,
  DescribeRegionsRequest,
  DescribeRegionsResult,
} from '@aws-sdk/client-ec2';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import { AwsError } from '../model/aws-error.ts';
import { type RegionFacts, regionFacts, regionNames, regions } from '../model/regions.ts';
import { isOn } from '../state/stored-settings.ts';
import { filtered, matchNothing } from './filters.ts';

const optInStatus = ({ store, account }: Context, { name, optIn }: RegionFacts) => {
  if (!optIn) return 'opt-in-not-required';
  return isOn(store, account, name) ? 'opted-in' : 'not-opted-in';
};
const endpoint = ({ name }: RegionFacts) => `ec2.${name}.amazonaws.com`;

/**
 * A zone's id, the same in every account: `use1-az1`. The number is the zone's position in this sandbox; AWS gives each account
 * its own order.
 */
export const zoneId = (region: string, zone: string): string => {
  const [area = '', side = '', number = ''] = region.split('-');
  const letters = side.replace(
    /^(north|south|east|west|central)(east|west)?$/,
    (_, a: string, b?: string) => `${a.charAt(0)}${b?.charAt(0) ?? ''}`,
  );
  return `${area}${letters}${number}-az${regionFacts(region).zones.indexOf(zone.slice(-1)) + 1}`;
};

/** DescribeRegions and DescribeAvailabilityZones. */
export const regionOperations: Record<string, Operation> = {
  DescribeRegions: operation<DescribeRegionsRequest, DescribeRegionsResult>(
    ['AllRegions', 'RegionNames', 'Filters'],
    (context, { AllRegions, RegionNames, Filters }) => {
      const unknown = (RegionNames ?? []).filter((name) => !regionNames.has(name));
      if (unknown.length > 0) {
        throw new AwsError('InvalidParameterValue', `Invalid region names: [${unknown.join(', ')}]`);
      }
      const named = regions.filter(
        (region) =>
          (AllRegions || isOn(context.store, context.account, region.name)) &&
          (!RegionNames?.length || RegionNames.includes(region.name)),
      );
      const shown = filtered(named, Filters, {
        'region-name': ({ name }) => name,
        endpoint,
        'opt-in-status': (region) => optInStatus(context, region),
      });
      return {
        Regions: shown.map((region) => ({
          RegionName: region.name,
          Endpoint: endpoint(region),
          OptInStatus: optInStatus(context, region),
        })),
      };
    },
  ),

  DescribeAvailabilityZones: operation<DescribeAvailabilityZonesRequest, DescribeAvailabilityZonesResult>(
    ['ZoneNames', 'ZoneIds', 'AllAvailabilityZones', 'Filters'],
    ({ region }, { ZoneNames, ZoneIds, Filters }) => {
      const all = regionFacts(region).zones.map((letter) => {
        const name = `${region}${letter}`;
        return { name, id: zoneId(region, name) };
      });
      const unknown = [
        ...(ZoneNames ?? []).filter((name) => !all.some((zone) => zone.name === name)),
        ...(ZoneIds ?? []).filter((id) => !all.some((zone) => zone.id === id)),
      ];
      if (unknown.length > 0) {
        throw new AwsError('InvalidParameterValue', `Invalid availability zone: [${unknown.join(', ')}]`);
      }
      const named = all.filter(
        ({ name, id }) =>
          (!ZoneNames?.length || ZoneNames.includes(name)) && (!ZoneIds?.length || ZoneIds.includes(id)),
      );
      const shown = filtered(named, Filters, {
        'region-name': () => region,
        state: () => 'available',
        'zone-name': ({ name }) => name,
        'zone-id': ({ id }) => id,
        'zone-type': () => 'availability-zone',
        'opt-in-status': () => 'opt-in-not-required',
        'group-name': () => `${region}-zg-1`,
        ...matchNothing('group-long-name', 'message', 'parent-zone-id', 'parent-zone-name'),
      });
      return {
        AvailabilityZones: shown.map(({ name, id }) => ({
          State: 'available',
          OptInStatus: 'opt-in-not-required',
          RegionName: region,
          ZoneName: name,
          ZoneId: id,
          GroupName: `${region}-zg-1`,
          NetworkBorderGroup: region,
          ZoneType: 'availability-zone',
          Messages: [],
        })),
      };
    },
  ),
};

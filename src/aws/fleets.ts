import { paginateDescribeFleets, paginateDescribeSpotFleetRequests } from '@aws-sdk/client-ec2';
import type { Lookup } from '../model/lookup.ts';
import { ask } from './ask.ts';
import type { Clients } from './connection.ts';
import { type UsedVersion, versionUsed } from './launch-templates.ts';
import { everyPage } from './pagination.ts';

export interface Fleet {
  kind: 'EC2 Fleet' | 'Spot Fleet';
  id: string;
  templates: UsedVersion[];
  /** AMIs that it names directly. */
  images: string[];
}

/** States in which it launches nothing any more (FleetData, `FleetState`; SpotFleetRequestConfig, `SpotFleetRequestState`). */
const ended = /^(deleted|cancelled|failed)/;

/**
 * EC2 Fleets and Spot Fleet requests that may still launch instances. Fleets of type `instant` are not shown, and launch nothing
 * after their creation.
 */
export async function findFleets(clients: Clients, region: string): Promise<Lookup<Fleet[]>> {
  const fleets = await ec2Fleets(clients, region);
  if (!fleets.ok) return fleets;
  const spot = await spotFleets(clients, region);
  return spot.ok ? { ok: true, value: [...fleets.value, ...spot.value] } : spot;
}

const ec2Fleets = (clients: Clients, region: string): Promise<Lookup<Fleet[]>> =>
  ask('ec2:DescribeFleets', region, async () => {
    const found: Fleet[] = [];
    const pages = paginateDescribeFleets({ client: clients.ec2(region), pageSize: 1000 }, {});
    for await (const page of everyPage(pages)) {
      for (const { FleetId: id = '', FleetState: state = '', LaunchTemplateConfigs = [] } of page.Fleets ??
        []) {
        if (ended.test(state)) continue;
        found.push({
          kind: 'EC2 Fleet',
          id,
          templates: LaunchTemplateConfigs.flatMap((one) => versionUsed(one.LaunchTemplateSpecification)),
          images: LaunchTemplateConfigs.flatMap(({ Overrides = [] }) =>
            Overrides.flatMap(({ ImageId }) => ImageId ?? []),
          ),
        });
      }
    }
    return found;
  });

const spotFleets = (clients: Clients, region: string): Promise<Lookup<Fleet[]>> =>
  ask('ec2:DescribeSpotFleetRequests', region, async () => {
    const found: Fleet[] = [];
    const pages = paginateDescribeSpotFleetRequests({ client: clients.ec2(region), pageSize: 1000 }, {});
    for await (const page of everyPage(pages)) {
      for (const request of page.SpotFleetRequestConfigs ?? []) {
        if (ended.test(request.SpotFleetRequestState ?? '')) continue;
        const { LaunchSpecifications = [], LaunchTemplateConfigs = [] } =
          request.SpotFleetRequestConfig ?? {};
        found.push({
          kind: 'Spot Fleet',
          id: request.SpotFleetRequestId ?? '',
          templates: LaunchTemplateConfigs.flatMap((one) => versionUsed(one.LaunchTemplateSpecification)),
          images: LaunchSpecifications.flatMap(({ ImageId }) => ImageId ?? []),
        });
      }
    }
    return found;
  });

import type { Context } from '../calls/operation.ts';
import type { SeededFleet, SeededSpotFleet } from './seeded-world.ts';
import { putNew } from './taken.ts';

const uuid = '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}';

/** A fleet without instances, as if EC2 never had capacity. */
export const seedFleet = (context: Context, { id, createdAt, ...fleet }: SeededFleet): void => {
  checkFleetId('fleet', id);
  putNew(context, 'fleet', id, {
    id,
    createdAt,
    fleet: {
      ActivityStatus: 'pending_fulfillment',
      FleetState: fleet.state ?? 'active',
      ExcessCapacityTerminationPolicy: 'termination',
      FulfilledCapacity: 0,
      FulfilledOnDemandCapacity: 0,
      LaunchTemplateConfigs: [...fleet.launchTemplateConfigs],
      TargetCapacitySpecification: {
        TotalTargetCapacity: 1,
        OnDemandTargetCapacity: 1,
        SpotTargetCapacity: 0,
        DefaultTargetCapacityType: 'on-demand',
      },
      TerminateInstancesWithExpiration: false,
      Type: fleet.type ?? 'maintain',
      ReplaceUnhealthyInstances: false,
    },
  });
};

export const seedSpotFleet = (context: Context, { id, createdAt, ...fleet }: SeededSpotFleet): void => {
  checkFleetId('sfr', id);
  putNew(context, 'spotFleet', id, {
    id,
    createdAt,
    request: {
      ActivityStatus: 'pending_fulfillment',
      SpotFleetRequestState: fleet.state ?? 'active',
      SpotFleetRequestConfig: {
        IamFleetRole: `arn:aws:iam::${context.account}:role/aws-ec2-spot-fleet-tagging-role`,
        TargetCapacity: 1,
        Type: 'maintain',
        LaunchSpecifications: [...(fleet.launchSpecifications ?? [])],
        LaunchTemplateConfigs: [...(fleet.launchTemplateConfigs ?? [])],
      },
    },
  });
};

const checkFleetId = (prefix: string, id: string): void => {
  if (!new RegExp(`^${prefix}-${uuid}$`).test(id)) throw new Error(`${id} is not ${prefix}- and a UUID`);
};

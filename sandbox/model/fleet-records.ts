import type { FleetData, SpotFleetRequestConfig, SpotFleetRequestConfigData } from '@aws-sdk/client-ec2';

/** In the words of the API, with no time in it. */
export interface FleetRecord {
  id: string;
  createdAt: string;
  fleet: Omit<FleetData, 'FleetId' | 'CreateTime' | 'ValidFrom' | 'ValidUntil'>;
}

export interface SpotFleetRecord {
  id: string;
  createdAt: string;
  request: Pick<SpotFleetRequestConfig, 'ActivityStatus' | 'SpotFleetRequestState'> & {
    SpotFleetRequestConfig: Omit<SpotFleetRequestConfigData, 'ValidFrom' | 'ValidUntil'>;
  };
}

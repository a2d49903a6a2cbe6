import { GetAllowedImagesSettingsCommand, type ImageCriterion } from '@aws-sdk/client-ec2';
import { type Lookup, okLookup } from '../model/lookup.ts';
import { ask } from './ask.ts';
import type { Clients } from './connection.ts';

/**
 * The Allowed AMIs setting of a region: `enabled`, `audit-mode` or `disabled`. If it is enabled, DescribeImages silently omits
 * all other AMIs (EC2 User Guide, "Allowed AMIs").
 */
export async function allowedImages(clients: Clients, region: string): Promise<Lookup<string>> {
  const settings = await allowedImagesSettings(clients, region);
  return settings.ok ? okLookup(settings.value.state) : settings;
}

export interface AllowedImages {
  state: string;
  /** In EC2's form. */
  criteria: ImageCriterion[];
}

/** The same, with its criteria. */
export function allowedImagesSettings(clients: Clients, region: string): Promise<Lookup<AllowedImages>> {
  return ask('ec2:GetAllowedImagesSettings', region, async () => {
    const { State: state = 'disabled', ImageCriteria: criteria = [] } = await clients
      .ec2(region)
      .send(new GetAllowedImagesSettingsCommand({}));
    return { state, criteria };
  });
}

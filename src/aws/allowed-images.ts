import { GetAllowedImagesSettingsCommand } from '@aws-sdk/client-ec2';
import type { Lookup } from '../model/lookup.ts';
import { ask } from './ask.ts';
import type { Clients } from './connection.ts';

/**
 * The Allowed AMIs setting of a region: `enabled`, `audit-mode` or `disabled`. Where it is enabled, DescribeImages silently omits
 * all other AMIs (EC2 User Guide, "Allowed AMIs").
 */
export function allowedImages(clients: Clients, region: string): Promise<Lookup<string>> {
  return ask('ec2:GetAllowedImagesSettings', region, async () => {
    const { State } = await clients.ec2(region).send(new GetAllowedImagesSettingsCommand({}));
    return State ?? 'disabled';
  });
}

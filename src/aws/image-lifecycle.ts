import {
  DeleteTagsCommand,
  DisableImageCommand,
  DisableImageDeprecationCommand,
  DisableImageDeregistrationProtectionCommand,
  EnableImageCommand,
  EnableImageDeregistrationProtectionCommand,
} from '@aws-sdk/client-ec2';
import type { Lookup } from '../model/lookup.ts';
import { ask } from './ask.ts';
import type { Clients } from './connection.ts';

type ChangeOfImage = (clients: Clients, region: string, id: string) => Promise<Lookup<void>>;

/** Removes an AMI's deprecation date; a public one then gets EC2's own, two years after its creation (DisableImageDeprecation). */
export const cancelDeprecation: ChangeOfImage = (clients, region, id) =>
  ask('ec2:DisableImageDeprecation', region, async () => {
    await clients.ec2(region).send(new DisableImageDeprecationCommand({ ImageId: id }));
  });

/** Without cooldown: the AMI can be deregistered as soon as the protection is removed (EnableImageDeregistrationProtection). */
export const protectImage: ChangeOfImage = (clients, region, id) =>
  ask('ec2:EnableImageDeregistrationProtection', region, async () => {
    await clients.ec2(region).send(new EnableImageDeregistrationProtectionCommand({ ImageId: id }));
  });

/** If the protection has a cooldown, the AMI stays protected for 24 hours (DisableImageDeregistrationProtection). */
export const unprotectImage: ChangeOfImage = (clients, region, id) =>
  ask('ec2:DisableImageDeregistrationProtection', region, async () => {
    await clients.ec2(region).send(new DisableImageDeregistrationProtectionCommand({ ImageId: id }));
  });

/**
 * Nobody can launch the AMI any more, and its launch permissions are permanently removed ("Disable an AMI", Amazon EC2 User
 * Guide).
 */
export const disableImage: ChangeOfImage = (clients, region, id) =>
  ask('ec2:DisableImage', region, async () => {
    await clients.ec2(region).send(new DisableImageCommand({ ImageId: id }));
  });

/** Makes a disabled AMI launchable again, but only by its owner. */
export const enableImage: ChangeOfImage = (clients, region, id) =>
  ask('ec2:EnableImage', region, async () => {
    await clients.ec2(region).send(new EnableImageCommand({ ImageId: id }));
  });

/** Removes tags, whatever their values. */
export function removeTags(
  clients: Clients,
  region: string,
  ids: string[],
  keys: readonly string[],
): Promise<Lookup<void>> {
  return ask('ec2:DeleteTags', region, async () => {
    const Tags = keys.map((Key) => ({ Key }));
    await clients.ec2(region).send(new DeleteTagsCommand({ Resources: ids, Tags }));
  });
}

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

/** Takes an AMI's deprecation date away; to a public one EC2 gives that of two years after its creation (DisableImageDeprecation). */
export const cancelDeprecation: ChangeOfImage = (clients, region, id) =>
  ask('ec2:DisableImageDeprecation', region, async () => {
    await clients.ec2(region).send(new DisableImageDeprecationCommand({ ImageId: id }));
  });

/** Without cooldown: it can be deregistered as soon as this is taken away (EnableImageDeregistrationProtection). */
export const protectImage: ChangeOfImage = (clients, region, id) =>
  ask('ec2:EnableImageDeregistrationProtection', region, async () => {
    await clients.ec2(region).send(new EnableImageDeregistrationProtectionCommand({ ImageId: id }));
  });

/** Where the protection has a cooldown, the AMI stays protected for 24 hours (DisableImageDeregistrationProtection). */
export const unprotectImage: ChangeOfImage = (clients, region, id) =>
  ask('ec2:DisableImageDeregistrationProtection', region, async () => {
    await clients.ec2(region).send(new DisableImageDeregistrationProtectionCommand({ ImageId: id }));
  });

/** Nobody can launch it any more, and its launch permissions are gone for good ("Disable an AMI", Amazon EC2 User Guide). */
export const disableImage: ChangeOfImage = (clients, region, id) =>
  ask('ec2:DisableImage', region, async () => {
    await clients.ec2(region).send(new DisableImageCommand({ ImageId: id }));
  });

/** A disabled AMI can be launched again, by its owner alone. */
export const enableImage: ChangeOfImage = (clients, region, id) =>
  ask('ec2:EnableImage', region, async () => {
    await clients.ec2(region).send(new EnableImageCommand({ ImageId: id }));
  });

/** Takes tags away, whatever their values. */
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

import { isObject } from '../lib/is-object.ts';
import type { Json } from '../model/publication.ts';
import type { Encryption } from '../model/release-plan.ts';

/**
 * The launch mappings of a builder whose volumes are all encrypted from the start: those of the config, and one for each other
 * volume of the base image. EC2 takes everything that a mapping does not set, such as the size, from the base image ("Block
 * device mappings", Amazon EC2 User Guide), except `delete_on_termination`, which Packer always sets. So there is no
 * intermediate AMI, unlike with Packer's own `encrypt_boot`. Pure.
 */
export function encryptedMappings(mappings: Json | undefined, { kmsKey, devices = [] }: Encryption): Json[] {
  const how = { encrypted: true, ...(kmsKey === undefined ? {} : { kms_key_id: kmsKey }) };
  const own = mappings === undefined || mappings === null ? [] : [mappings].flat();
  const named = own.flatMap((mapping) => (isObject(mapping) ? [mapping.device_name] : []));
  return [
    ...own.map((mapping) => (isVolume(mapping) ? { ...mapping, ...how } : mapping)),
    ...devices
      .filter(({ name }) => !named.includes(name))
      .map(({ name, deleteOnTermination }) => ({
        device_name: name,
        delete_on_termination: deleteOnTermination,
        ...how,
      })),
  ];
}

/** Not a device that is suppressed, or on the instance's own disks. */
const isVolume = (mapping: Json): mapping is Record<string, Json> =>
  isObject(mapping) && !mapping.virtual_name && String(mapping.no_device ?? false) !== 'true';

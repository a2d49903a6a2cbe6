import { definedOnly } from '../lib/defined-only.ts';
import type { Image } from '../model/image.ts';
import type { Encryption } from '../model/release-plan.ts';

/** How the volumes of an image are encrypted in a region; undefined where the config does not say. Pure. */
export function encryptionOf(
  { encryption }: Pick<Image, 'encryption'>,
  region: string,
): Encryption | undefined {
  if (!encryption) return undefined;
  const { kmsKey } = encryption;
  return definedOnly({ kmsKey: typeof kmsKey === 'object' ? kmsKey[region] : kmsKey });
}

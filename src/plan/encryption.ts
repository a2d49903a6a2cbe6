import { asTexts, fill } from '../lib/placeholders.ts';
import type { Image } from '../model/image.ts';
import type { Publication } from '../model/publication.ts';
import type { Encryption } from '../model/release-plan.ts';
import { targetValues } from './target-values.ts';

/** How the volumes of an image are encrypted in a region; undefined if the config does not say. Pure. */
export function encryptionOf(publication: Publication, image: Image, region: string): Encryption | undefined {
  if (!image.encryption) return undefined;
  const { kmsKey } = image.encryption;
  const key = typeof kmsKey === 'object' ? kmsKey[region] : kmsKey;
  if (key === undefined) return {};
  const values = { ...asTexts(publication.variables ?? {}), ...targetValues(publication, image, region) };
  return { kmsKey: fill(key, values) };
}

/** Where the config names the key of a region, or turns encryption on at all. Pure. */
export const encryptionPlace = (
  { kmsKey, place }: NonNullable<Image['encryption']>,
  region: string,
): string => {
  if (kmsKey === undefined) return place;
  return typeof kmsKey === 'string' ? `${place}.kmsKey` : `${place}.kmsKey.${region}`;
};

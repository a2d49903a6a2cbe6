import type { ImageSettings, RegionSettings } from './publication.ts';

/** The region that an image is copied from to another one; undefined if it is built there. */
export function copiedFrom(
  { copyFrom }: Pick<ImageSettings, 'copyFrom'>,
  { name, build }: Pick<RegionSettings, 'name' | 'build'>,
): string | undefined {
  if (copyFrom === undefined || build || copyFrom.region === name) return undefined;
  return copyFrom.region;
}

/** The regions that an image is built in. */
export const builtIn = <Region extends Pick<RegionSettings, 'name' | 'build'>>(
  image: Pick<ImageSettings, 'copyFrom'>,
  regions: readonly Region[],
): Region[] => regions.filter((region) => copiedFrom(image, region) === undefined);

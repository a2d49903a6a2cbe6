import type { Publication, RegionSettings } from './publication.ts';

/** Whether an image exists in a region of its publication. */
export const isMadeIn = ({ regions }: { regions?: readonly string[] }, region: string): boolean =>
  regions?.includes(region) ?? true;

/** The regions in which an image exists: its own list, otherwise all of the publication. Pure. */
export const regionsOfImage = (
  { regions }: Pick<Publication, 'regions'>,
  image: { regions?: readonly string[] },
): RegionSettings[] => regions.filter(({ name }) => isMadeIn(image, name));

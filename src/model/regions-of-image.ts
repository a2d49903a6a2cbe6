import type { Publication, RegionSettings } from './publication.ts';

/** Whether an image is made in a region of its publication. */
export const isMadeIn = ({ regions }: { regions?: readonly string[] }, region: string): boolean =>
  regions?.includes(region) ?? true;

/** The regions in which an image is made: those that it names, else all of the publication. Pure. */
export const regionsOfImage = (
  { regions }: Pick<Publication, 'regions'>,
  image: { regions?: readonly string[] },
): RegionSettings[] => regions.filter(({ name }) => isMadeIn(image, name));

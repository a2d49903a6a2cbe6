import { placeOf } from '../lib/problem.ts';
import type { Image } from '../model/image.ts';
import type { Publication } from '../model/publication.ts';
import type { Target } from '../model/release-plan.ts';
import { encryptionPlace } from './encryption.ts';
import { combinedImages } from './image.ts';
import { appliesTo } from './provisioners.ts';

/** A part of a target's Packer template. */
export interface PackerPart {
  /** Index among the target's provisioners; absent for the builder. */
  provisioner?: number;
  /** Empty: the whole part. */
  option: readonly (string | number)[];
}

/** The place in the config, in the form of messages: `images[0].builder.instance_type`. Pure. */
export function configPlace(
  publication: Publication,
  target: Target,
  { provisioner, option }: PackerPart,
): string {
  if (provisioner !== undefined) {
    const own = publication.provisioners.flatMap((one, index) => (appliesTo(one, target) ? [index] : []));
    const index = own[provisioner];
    return index === undefined ? 'provisioners' : placeOf(['provisioners', index, ...option]);
  }
  const image = combinedImages(publication).find(({ name }) => name === target.image);
  return image ? builderPlace(publication, image, target.region, option) : '';
}

/** A region's option overrides the image's. Options that gopackgo derives from other keys are at those keys. */
function builderPlace(
  { regions }: Publication,
  image: Image,
  region: string,
  option: readonly (string | number)[],
): string {
  const [name] = option;
  const overrides = regions.find((one) => one.name === region)?.builder ?? {};
  if (typeof name === 'string' && Object.hasOwn(overrides, name)) {
    return placeOf(['regions', region, ...option]);
  }
  if (name === 'ami_name') return image.amiNamePlace;
  if (name === 'source_ami') return `${image.place}.base`;
  if (name === 'encryption' && image.encryption) return encryptionPlace(image.encryption, region);
  return `${image.place}.${placeOf(['builder', ...option])}`;
}

import { type Problem, placeOf } from '../../lib/problem.ts';
import type { ImageSettings, Publication } from '../../model/publication.ts';
import { regionsOfImage } from '../../model/regions-of-image.ts';
import type { Rule } from './rule.ts';

/** The bundle settings fit the image. Valid bucket names are checked with the expanded matrix. */
export const bundle: Rule = (publication) =>
  publication.images.flatMap((image, index) => {
    const at = (...path: string[]) => placeOf(['images', index, ...path]);
    return image.rootDevice === 'ebs' ? unusedBundle(image, at('bundle')) : profile(publication, image, at);
  });

function unusedBundle({ bundle: { bucket, credentials } }: ImageSettings, place: string): Problem[] {
  if (bucket === undefined && credentials === 'instance-profile') return [];
  const advice = 'Remove it, or set "rootDevice": "instance-store".';
  return [
    { place, expected: 'an image on instance-store: only those have a bundle', found: '"ebs"', advice },
  ];
}

/** Something must allow the builder to upload: an instance profile, by either of Packer's options. */
const profiles = ['iam_instance_profile', 'temporary_iam_instance_profile_policy_document'];

function profile(
  publication: Publication,
  image: ImageSettings,
  at: (...path: string[]) => string,
): Problem[] {
  if (image.bundle.credentials !== 'instance-profile') return [];
  const regions = regionsOfImage(publication, image);
  const lacking = regions.filter(({ builder }) => {
    const all = { ...image.builder, ...builder };
    return profiles.every((option) => all[option] === undefined || all[option] === '');
  });
  if (lacking.length === 0) return [];
  const where = lacking.length < regions.length ? ` in ${lacking.map(({ name }) => name).join(', ')}` : '';
  return [
    {
      place: at('builder', 'iam_instance_profile'),
      expected: 'the instance profile that the builder uploads its bundle with',
      found: `nothing${where}`,
      advice:
        'Set one that may write to the bucket, or use "bundle": {"credentials": "command-line"}: then keys are on ' +
        'the command line of the upload, where anyone on the builder can read them.',
    },
  ];
}

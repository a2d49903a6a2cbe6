import { placeholdersIn } from '../lib/placeholders.ts';
import type { Problem } from '../lib/problem.ts';
import type { Image } from '../model/image.ts';
import type { Publication } from '../model/publication.ts';
import { regionsOfImage } from '../model/regions-of-image.ts';
import { bundleOf } from './bundle.ts';
import { combinedImages } from './image.ts';
import { isTooLarge } from './name-problems.ts';

/** Prefixes and suffixes that S3 reserves in names of general purpose buckets. */
const reserved = /^(?:xn--|sthree-|amzn-s3-demo-)|(?:-s3alias|--ol-s3|--x-s3|--table-s3)$/;

/** S3 user guide, "General purpose bucket naming rules"; without dots, since TLS to a bucket does not work with them. */
const isBucketName = (name: string): boolean =>
  /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(name) && !reserved.test(name);

/** Bucket names that S3 would refuse, and buckets that would have to be in two regions. */
export function bundleProblems(publication: Publication): Problem[] {
  if (isTooLarge(publication)) return [];
  const named = combinedImages(publication).filter(({ bundle }) => bundle.bucket !== undefined);
  const problems = named.flatMap((image) => bundleProblemsOfImage(publication, image));
  return [...new Map(problems.map((problem) => [`${problem.place} ${problem.found}`, problem])).values()];
}

function bundleProblemsOfImage(publication: Publication, image: Image): Problem[] {
  const place = `${image.place}.bundle.bucket`;
  const buckets = regionsOfImage(publication, image).flatMap(({ name: region }) => {
    const bundle = bundleOf(publication, image, region, '');
    return bundle ? [bundle.bucket] : [];
  });
  // A remaining placeholder is unknown and already reported.
  const wrong = buckets.find((bucket) => placeholdersIn(bucket).length === 0 && !isBucketName(bucket));
  if (wrong !== undefined) {
    const expected = 'a bucket name of 3 to 63 lower-case letters, digits and "-", without dots';
    return [{ place, expected, found: JSON.stringify(wrong) }];
  }
  const twice = buckets.find((bucket, index) => buckets.indexOf(bucket) !== index);
  if (twice === undefined) return [];
  const found = `${JSON.stringify(twice)} for ${buckets.length}`;
  return [{ place, expected: 'a bucket for each region', found, advice: 'Add {region} to its name.' }];
}

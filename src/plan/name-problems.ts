import { variablePlaceholders } from '../lib/placeholders.ts';
import { type Problem, placeOf } from '../lib/problem.ts';
import type { Image } from '../model/image.ts';
import type { Publication } from '../model/publication.ts';
import { amiNameProblems, differingVariables } from './ami-name-problems.ts';
import { combinedImages, sizeOfMatrix } from './image.ts';
import { placeholderProblems } from './placeholder-problems.ts';

/** More images than any account needs: a mistake in a matrix is found before it fills the memory. */
const mostImages = 1000;

/** All problems of the names that a publication's matrix produces, at once. */
export function nameProblems(publication: Publication): Problem[] {
  const tooMany = sizeProblems(publication);
  if (tooMany.length > 0) return tooMany;
  const unknown = placeholderProblems(publication);
  const images = combinedImages(publication);
  const others = [
    ...images.flatMap(nameProblemsOfImage),
    ...duplicates(images),
    ...amiNameProblems(publication, images),
  ];
  const places = new Set(unknown.map(({ place }) => place));
  return [...unknown, ...others.filter(({ place }) => !places.has(place))];
}

const imageCount = (images: Publication['images']): number =>
  images.reduce((sum, { matrix }) => sum + sizeOfMatrix(matrix), 0);

/** Whether the matrix is too large to expand. */
export const isTooLarge = ({ images }: Publication): boolean => imageCount(images) > mostImages;

function sizeProblems({ images }: Publication): Problem[] {
  const size = imageCount(images);
  if (size <= mostImages) return [];
  const largest = images.reduce((best, { matrix }, index) => {
    const before = images[best]?.matrix ?? {};
    return sizeOfMatrix(matrix) > sizeOfMatrix(before) ? index : best;
  }, 0);
  const place = placeOf(['images', largest, 'matrix']);
  return [{ place, expected: `at most ${mostImages} images in all`, found: `${size}` }];
}

/**
 * A target's name, `{region}-{image}`, is a label in Packer's template: letters, digits, "-" and "_", no dots
 * (measured with Packer 1.6.6 and 1.16.0). The form of a parameter's path is documented in the SSM user guide.
 */
function nameProblemsOfImage({ name, place, base, architecture, virtualization }: Image): Problem[] {
  const checks: [boolean, string, string, string][] = [
    [
      /^[A-Za-z0-9_][A-Za-z0-9_-]{0,63}$/.test(name),
      'name',
      'an image name of at most 64 letters, digits, "-" and "_", not starting with "-"',
      name,
    ],
    [['x86_64', 'arm64'].includes(architecture), 'architecture', '"x86_64" or "arm64"', architecture],
    [['hvm', 'pv'].includes(virtualization), 'virtualization', '"hvm" or "pv"', virtualization],
    [
      architecture !== 'arm64' || virtualization !== 'pv',
      'virtualization',
      '"hvm" with arm64, which supports nothing else',
      virtualization,
    ],
    'ubuntu' in base
      ? [
          /^[0-9]{4}$/.test(base.ubuntu),
          'base.ubuntu',
          'an Ubuntu release as four digits, such as "2204"',
          base.ubuntu,
        ]
      : 'ssm' in base
        ? [/^(?:\/[\w.-]+)+$/.test(base.ssm), 'base.ssm', 'the path of an SSM parameter', base.ssm]
        : [true, 'base', '', ''],
    ...baseChecks(base),
  ];
  return checks
    .filter(([right, , , found]) => !right && !isUnfilled(found))
    .map(([, key, expected, found]) => ({
      place: `${place}.${key}`,
      expected,
      found: key === 'name' ? JSON.stringify(found) : `${JSON.stringify(found)} for ${name}`,
    }));
}

const plainName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$/;

/** A variable without a value here, where none is needed. */
const isUnfilled = (text: string): boolean => variablePlaceholders(text).length > 0;

/** Texts with variables or placeholders are only known here. */
function baseChecks(base: Image['base']): [boolean, string, string, string][] {
  if ('id' in base) {
    return Object.entries(base.id).map(([region, id]) => [
      /^ami-(?:[0-9a-f]{8}|[0-9a-f]{17})$/.test(id),
      placeOf(['base', 'id', region]),
      'the id of an AMI, such as "ami-0123456789abcdef0"',
      id,
    ]);
  }
  if ('publication' in base) {
    const { publication, release, owner } = base;
    return [
      [plainName.test(publication), 'base.publication', 'the name of a publication', publication],
      [plainName.test(release), 'base.release', 'a version, or "latest"', release],
      [owner === undefined || /^[0-9]{12}$/.test(owner), 'base.owner', 'twelve digits', owner ?? ''],
    ];
  }
  if (!('filter' in base)) return [];
  return base.filter.owners.map((owner) => [
    /^(?:[0-9]{12}|self|amazon|aws-marketplace)$/.test(owner),
    'base.filter.owners',
    'account ids in quotes, "self", "amazon" or "aws-marketplace"',
    owner,
  ]);
}

/** Names that differ only in case are the same folder on some machines. */
function duplicates(images: Image[]): Problem[] {
  const firsts = new Map<string, Image>();
  return images.flatMap((image) => {
    const key = image.name.toLowerCase();
    const first = firsts.get(key);
    if (!first) {
      firsts.set(key, image);
      return [];
    }
    const inMatrix = first.place === image.place;
    const advice = inMatrix
      ? `Add ${differingVariables([first, image])} to it.`
      : 'Give one of them another name.';
    const found = `${JSON.stringify(image.name)} twice${inMatrix ? '' : ` (also ${first.place})`}`;
    return [
      { place: `${image.place}.name`, expected: 'an image name that no other image has', found, advice },
    ];
  });
}

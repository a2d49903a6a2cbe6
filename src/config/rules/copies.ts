import { didYouMean } from '../../lib/nearest.ts';
import { type Problem, placeOf } from '../../lib/problem.ts';
import { builtIn, copiedFrom } from '../../model/copies.ts';
import type { ImageSettings, Publication } from '../../model/publication.ts';
import type { Rule } from './rule.ts';

/** Copies are possible, from a region where the image is always built, and in a time that EC2 offers. */
export const copies: Rule = (publication) => [
  ...sourceRegions(publication),
  ...instanceStore(publication),
  ...times(publication),
  ...withoutEffect(publication),
];

/** Each place once: many images share a publication's `copyFrom`. */
const once = <Setting extends { place: string }>(settings: (Setting | undefined)[]): Setting[] => [
  ...new Map(settings.flatMap((one) => (one ? [[one.place, one] as const] : []))).values(),
];

function sourceRegions({ images, regions }: Publication): Problem[] {
  const names = regions.map(({ name }) => name);
  return once(images.map(({ copyFrom }) => copyFrom)).flatMap(({ region, place }): Problem[] => {
    const source = regions.find(({ name }) => name === region);
    if (region === 'true') return [{ place, expected: 'a region, or false', found: 'true' }];
    if (!source) {
      const advice = didYouMean(region, names) ?? `The regions are ${names.join(', ')}.`;
      return [{ place, expected: 'a region that is in "regions"', found: JSON.stringify(region), advice }];
    }
    if (!source.bestEffort) return [];
    return [
      {
        place: placeOf(['regions', region, 'bestEffort']),
        expected: 'a region that others are copied from to be required',
        found: 'true',
        advice: `Remove it, or copy from another region: ${place}.`,
      },
    ];
  });
}

/**
 * EC2 copies the bundle of an instance-store AMI into a bucket that it creates itself, `amis-for-<account>-in-<region>-<hash>`
 * ("Copy an Amazon EC2 AMI", Amazon EC2 User Guide), which would not be tagged, checked and cleaned up here.
 */
function instanceStore({ images }: Publication): Problem[] {
  return images.flatMap(({ copyFrom, rootDevice }, index): Problem[] => {
    if (copyFrom === undefined || rootDevice !== 'instance-store') return [];
    const own = placeOf(['images', index, 'copyFrom']);
    const advice =
      copyFrom.place === own ? 'Remove it' : `Add "copyFrom": false to ${placeOf(['images', index])}`;
    return [
      {
        place: copyFrom.place,
        expected: 'images on EBS',
        found:
          `${placeOf(['images', index])} on instance-store, whose bundle EC2 would copy to a bucket that is not the ` +
          "release's own",
        advice: `${advice}: then it is built in every region.`,
      },
    ];
  });
}

/** "Time-based copies for Amazon EBS snapshots and EBS-backed AMIs", Amazon EBS User Guide. In minutes. */
const times = ({ images }: Publication): Problem[] =>
  once(images.map(({ copyWithin }) => copyWithin)).flatMap(({ minutes, place }): Problem[] =>
    minutes % 15 === 0 && minutes <= 48 * 60
      ? []
      : [{ place, expected: 'between "15m" and "48h", in steps of 15 minutes', found: `${minutes} minutes` }],
  );

/** Settings without effect. */
function withoutEffect({ images, regions, timeouts = {} }: Publication): Problem[] {
  const copied = images.filter(({ copyFrom }) => copyFrom !== undefined);
  const unused = (image: ImageSettings, index: number) =>
    image.copyFrom === undefined &&
    (image.copyWithin?.place === placeOf(['images', index, 'copyWithin']) || copied.length === 0);
  const untimed = [
    ...once(images.filter(unused).map(({ copyWithin }) => copyWithin)),
    ...(timeouts.copy !== undefined && copied.length === 0 ? [{ place: 'timeouts.copy' }] : []),
  ].map(({ place }) => ({
    place,
    expected: '"copyFrom" as well, which says what is copied',
    found: 'none',
  }));
  const built = regions.flatMap(({ name, build }): Problem[] => {
    if (!build || images.some((image) => copiedFrom(image, { name }) !== undefined)) return [];
    return [
      {
        place: placeOf(['regions', name, 'build']),
        expected: 'a region that would get copies otherwise ("copyFrom")',
        found: 'one in which everything is built anyway',
        advice: 'Remove it.',
      },
    ];
  });
  const options = regions.flatMap((region): Problem[] => {
    const [option] = Object.keys(region.builder);
    if (option === undefined || images.some((image) => builtIn(image, [region]).length > 0)) return [];
    return [
      {
        place: placeOf(['regions', region.name, option]),
        expected: 'builder options only in a region that builds',
        found: `a region that gets copies (${images[0]?.copyFrom?.place ?? 'copyFrom'})`,
        advice: 'Add "build": true to the region, or remove the options.',
      },
    ];
  });
  return [...untimed, ...built, ...options];
}

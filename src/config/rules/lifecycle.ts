import { type Problem, placeOf } from '../../lib/problem.ts';
import type { Publication } from '../../model/publication.ts';

/** Days in ten years, and in two, without their leap days. */
const mostDays = 3650;
const mostOfPublic = 730;

/**
 * EC2 accepts deprecation dates up to ten years, and for public AMIs up to two years after their creation ("Deprecate an Amazon
 * EC2 AMI", Amazon EC2 User Guide).
 */
export function lifecycle(publication: Publication): Problem[] {
  const { lifecycle: of = {}, share } = publication;
  const most = share.public ? mostOfPublic : mostDays;
  const whose = share.public ? ', since EC2 deprecates public AMIs two years after their creation' : '';
  const given: [place: string, days: number | undefined][] = [
    ['deprecateAfter', of.deprecateAfter],
    ['supersede.deprecateAfter', of.supersededAfter],
  ];
  const tooLong = given.flatMap(([place, days]) =>
    days === undefined || days <= most
      ? []
      : [{ place, expected: `at most ${most} days${whose}`, found: `${days} days` }],
  );
  return [...tooLong, ...(of.deprecateAfter === undefined ? [] : datesOfPacker(publication))];
}

/** Dates set by Packer's own options, which publish would replace. */
function datesOfPacker({ images, regions }: Publication): Problem[] {
  const builders: [path: (string | number)[], builder: object][] = [
    ...images.map(({ builder }, index): [(string | number)[], object] => [
      ['images', index, 'builder'],
      builder,
    ]),
    ...regions.map(({ name, builder }): [string[], object] => [['regions', name], builder]),
  ];
  return builders.flatMap(([path, builder]) =>
    Object.hasOwn(builder, 'deprecate_at')
      ? [
          {
            place: placeOf([...path, 'deprecate_at']),
            expected: 'no date together with "deprecateAfter", since publish sets the date',
            found: 'one',
            advice: 'Remove one of them.',
          },
        ]
      : [],
  );
}

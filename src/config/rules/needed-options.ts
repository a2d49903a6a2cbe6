import { describeValue, type Problem, placeOf } from '../../lib/problem.ts';
import { regionsOfImage } from '../../model/regions-of-image.ts';
import type { Rule } from './rule.ts';

interface Needed {
  /** One of these. */
  options: string[];
  expected: string;
  /** The communicators that need it; absent: it is always needed. */
  communicators?: string[];
}

/**
 * What Packer cannot build without and nobody else gives it (Packer's documentation of communicators: `ssh` by default,
 * `winrm`, `none`).
 */
const needed: Needed[] = [
  { options: ['instance_type', 'spot_instance_types'], expected: 'an instance type, such as "m5.large"' },
  {
    options: ['ssh_username'],
    expected: 'the user to log in to the base image as, such as "ec2-user"',
    communicators: ['ssh'],
  },
  {
    options: ['winrm_username'],
    expected: 'the user to log in to the base image as, such as "Administrator"',
    communicators: ['winrm'],
  },
];

/** Each image has, in each region, the builder options that Packer needs. */
export const neededOptions: Rule = (publication) =>
  publication.images.flatMap((image, index) =>
    needed.flatMap(({ options, expected, communicators }): Problem[] => {
      const regions = regionsOfImage(publication, image);
      const all = ({ builder }: (typeof regions)[number]) => ({ ...image.builder, ...builder });
      const given = (region: (typeof regions)[number]) =>
        options.map((option) => all(region)[option]).find((value) => value !== undefined);
      const isNeeded = (region: (typeof regions)[number]) =>
        communicators?.includes(communicatorOf(all(region))) ?? true;
      const lacking = regions.filter((region) => isNeeded(region) && !isText(given(region)));
      const [first] = lacking;
      if (!first) return [];
      const where =
        lacking.length < regions.length ? ` in ${lacking.map(({ name }) => name).join(', ')}` : '';
      const place = placeOf(['images', index, 'builder', options[0] ?? '']);
      return [{ place, expected, found: `${describeValue(given(first))}${where}` }];
    }),
  );

const communicatorOf = ({ communicator }: { communicator?: unknown }): string =>
  typeof communicator === 'string' && communicator !== '' ? communicator : 'ssh';

const isText = (value: unknown): boolean =>
  Array.isArray(value)
    ? value.length > 0 && value.every(isText)
    : typeof value === 'string' && value.trim() !== '';

import { describeValue, type Problem, placeOf } from '../../lib/problem.ts';
import { builtIn } from '../../model/copies.ts';
import { regionsOfImage } from '../../model/regions-of-image.ts';
import type { Rule } from './rule.ts';

interface Needed {
  /** One of these. */
  options: string[];
  expected: string;
  /** The communicators that need it; absent: always needed. */
  communicators?: string[];
  /** Whether many base images determine it, once they are found. */
  bases?: boolean;
}

/** Options that Packer cannot build without (Packer's documentation of communicators: `ssh` by default, `winrm`, `none`). */
const needed: Needed[] = [
  { options: ['instance_type', 'spot_instance_types'], expected: 'an instance type, such as "m5.large"' },
  {
    options: ['ssh_username'],
    expected: 'the user to log in to the base image as, such as "ec2-user"',
    communicators: ['ssh'],
    bases: true,
  },
  {
    options: ['winrm_username'],
    expected: 'the user to log in to the base image as, such as "Administrator"',
    communicators: ['winrm'],
  },
];

/** Each image has, in each region where it is built, the builder options that Packer needs and that nobody else can know. */
export const neededOptions: Rule = (publication) =>
  publication.images.flatMap((image, index) =>
    needed.flatMap(({ options, expected, communicators, bases }): Problem[] => {
      const builds = builtIn(image, regionsOfImage(publication, image));
      const all = ({ builder }: (typeof builds)[number]) => ({ ...image.builder, ...builder });
      const given = (region: (typeof builds)[number]) =>
        options.map((option) => all(region)[option]).find((value) => value !== undefined);
      const isNeeded = (region: (typeof builds)[number]) =>
        communicators?.includes(communicatorOf(all(region))) ?? true;
      const lacking = builds.filter((region) => {
        const value = given(region);
        return isNeeded(region) && (value === undefined ? !bases : !isText(value));
      });
      const [first] = lacking;
      if (!first) return [];
      const where = lacking.length < builds.length ? ` in ${lacking.map(({ name }) => name).join(', ')}` : '';
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

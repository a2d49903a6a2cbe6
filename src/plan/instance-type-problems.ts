import { type Problem, placeOf } from '../lib/problem.ts';
import type { Image } from '../model/image.ts';
import type { Json, Publication } from '../model/publication.ts';
import { isMadeIn } from '../model/regions-of-image.ts';
import { builderOptionsFor } from './builder-options.ts';

/** Families that can have an instance-store root (EC2 User Guide, "Create an Amazon S3-backed AMI"). */
const withInstanceStoreRoot = ['c1', 'c3', 'd2', 'i2', 'm1', 'm2', 'm3', 'r3', 'x1'];

/** Families that support paravirtual images (EC2 User Guide, "Linux AMI virtualization types"). */
const paravirtual = ['c1', 'c3', 'hi1', 'hs1', 'm1', 'm2', 'm3', 't1'];

/** Instance types that cannot start the images they build: AWS would refuse them later, region by region. */
export function instanceTypeProblems(publication: Publication, images: readonly Image[]): Problem[] {
  const problems = publication.regions.flatMap(({ name: region, builder: overrides }) =>
    images.flatMap((image) => {
      const needs = needsOf(image);
      if (!needs || !isMadeIn(image, region)) return [];
      const options = builderOptionsFor(publication, image, region);
      return (['instance_type', 'spot_instance_types'] as const).flatMap((option) => {
        const place = Object.hasOwn(overrides, option)
          ? placeOf(['regions', region, option])
          : `${image.place}.builder.${option}`;
        return typesIn(options[option]).flatMap((type) => instanceTypeProblem(type, needs, place));
      });
    }),
  );
  const each = problems.map((problem): [string, Problem] => [`${problem.place} ${problem.found}`, problem]);
  return [...new Map(each).values()];
}

interface Needs {
  families: readonly string[];
  what: string;
}

function needsOf({ rootDevice, virtualization }: Image): Needs | undefined {
  const onStore = rootDevice === 'instance-store';
  const isParavirtual = virtualization === 'pv';
  const what = `${isParavirtual ? 'a paravirtual' : 'an'} image${onStore ? ' on instance-store' : ''}`;
  if (!onStore && !isParavirtual) return undefined;
  const families = (onStore ? withInstanceStoreRoot : paravirtual).filter(
    (family) => !isParavirtual || paravirtual.includes(family),
  );
  return { families, what };
}

function instanceTypeProblem(type: string, { families, what }: Needs, place: string): Problem[] {
  const [family = ''] = type.split('.');
  if (type.includes('{') || families.includes(family)) return [];
  const expected = `an instance type that starts ${what}: ${families.join(', ')}`;
  return [{ place, expected, found: JSON.stringify(type) }];
}

const typesIn = (value: Json | undefined): string[] =>
  [value].flat().filter((type) => typeof type === 'string' && type !== '') as string[];

import { filledItems, placeholdersIn, variablePlaceholders } from '../lib/placeholders.ts';
import { type Problem, placeOf } from '../lib/problem.ts';
import type { Image } from '../model/image.ts';
import type { Publication } from '../model/publication.ts';
import type { Target } from '../model/release-plan.ts';
import { combinedImages } from './image.ts';
import { isTooLarge } from './name-problems.ts';
import { unknownPlaceholder } from './placeholder-problems.ts';
import { targetName, targetValues } from './target-values.ts';

type PlannedParameter = NonNullable<Target['parameters']>[number];

/** The SSM parameters for a target's AMI; undefined if the config has none. Pure. */
export function parametersOf(
  publication: Publication,
  image: Image,
  region: string,
): PlannedParameter[] | undefined {
  return publication.parameters?.flatMap((template) => filledPaths(template, publication, image, region));
}

/** Several if a list variable is the whole template. */
function filledPaths(
  template: string,
  publication: Publication,
  image: Image,
  region: string,
): PlannedParameter[] {
  const values = targetValues(publication, image, region);
  const newest = !placeholdersIn(template).includes('version');
  return filledItems(template, publication.variables ?? {}, values).map((name) => ({ name, newest }));
}

/**
 * A name has letters, digits and `_.-` in at most 15 levels, and does not start with "aws" or "ssm"; 1,011 characters including
 * the prefix of its ARN (Systems Manager API Reference, PutParameter).
 */
const form = /^(?!\/(?:aws|ssm))(?:\/[a-z0-9_.-]+){1,15}$/i;
const mostCharacters = 1011 - 'arn:aws-us-gov:ssm:ap-southeast-1:123456789012:parameter'.length;

/** Parameter names that Systems Manager would refuse, or that two AMIs of a region would have. Pure. */
export function parameterProblems(publication: Publication): Problem[] {
  const { parameters = [], regions } = publication;
  if (parameters.length === 0 || isTooLarge(publication)) return [];
  const images = combinedImages(publication);
  const everywhere = images
    .flatMap(({ variables }) => Object.keys(variables))
    .filter((variable) => images.every(({ variables }) => Object.hasOwn(variables, variable)));
  const known = [
    'version',
    'image',
    'region',
    'publication',
    'architecture',
    'virtualization',
    ...everywhere,
  ];
  const unknown = parameters.flatMap((template, index) =>
    unknownPlaceholder(
      placeOf(['parameters', index]),
      template,
      known,
      Object.keys(publication.variables ?? {}),
    ),
  );
  if (unknown.length > 0) return unknown;
  const paths = (image: Image, region: string) =>
    parameters.flatMap((template, index) =>
      hasValues(template, publication)
        ? filledPaths(template, publication, image, region).map(({ name }) => ({ name, index }))
        : [],
    );
  const first = new Map<string, string>();
  const problems = regions.flatMap(({ name: region }) =>
    images.flatMap((image) =>
      paths(image, region).flatMap(({ name, index }): Problem[] => {
        const place = placeOf(['parameters', index]);
        if (!form.test(name) || name.length > mostCharacters) {
          const expected =
            'a path such as "/web/{version}/{image}/ami-id": letters, digits, "_", "." and "-", at most 15 levels, not "/aws…" or "/ssm…"';
          return [{ place, expected, found: JSON.stringify(name) }];
        }
        const target = targetName(region, image.name);
        const earlier = first.get(`${region} ${name}`);
        first.set(`${region} ${name}`, target);
        if (earlier === undefined) return [];
        const found = earlier === target ? `${name} twice` : `${name} for ${earlier} and ${target}`;
        const advice = earlier === target ? 'Remove one of them.' : 'Add {image} to it.';
        return [{ place, expected: 'a different path for each AMI of a region', found, advice }];
      }),
    ),
  );
  const seen = new Set<string>();
  return problems.filter(({ place }) => !seen.has(place) && seen.add(place));
}

/** If no values are requested, a text with a variable is not known yet. */
const hasValues = (template: string, { variables = {} }: Publication): boolean =>
  variablePlaceholders(template).every((name) => Object.hasOwn(variables, name));

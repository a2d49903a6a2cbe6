import type { Problem } from '../lib/problem.ts';
import type { Image } from '../model/image.ts';
import type { Publication } from '../model/publication.ts';
import { isMadeIn } from '../model/regions-of-image.ts';
import { amiNameOf } from './target-values.ts';

interface Named {
  image: Image;
  region: string;
  amiName: string;
}

const illegal = /[^A-Za-z0-9()[\] ./'@_-]/g;

/** AMI names that AWS refuses, and names that two AMIs in one region would share. */
export function amiNameProblems(publication: Publication, images: readonly Image[]): Problem[] {
  const named = publication.regions.flatMap(({ name: region }) =>
    images
      .filter((image) => isMadeIn(image, region))
      .map((image) => ({ image, region, amiName: amiNameOf(publication, image, region) })),
  );
  return [...ofEachPlace(named), ...sharedNames(named)];
}

/** Several illegal names from one template are one problem; the first name is shown. */
function ofEachPlace(named: Named[]): Problem[] {
  const places = new Map<string, Problem[]>();
  for (const { image, amiName } of named) {
    const problem = amiNameProblem(amiName, image.amiNamePlace);
    const before = places.get(image.amiNamePlace) ?? [];
    if (problem && !before.some(({ found }) => found === problem.found)) {
      places.set(image.amiNamePlace, [...before, problem]);
    }
  }
  return [...places.values()].flatMap(([first, ...more]) => {
    if (!first) return [];
    return [
      more.length === 0 ? first : { ...first, found: `${first.found}, and ${more.length} more like it` },
    ];
  });
}

/**
 * An AMI name has 3 to 128 letters, digits, parentheses, square brackets, spaces, periods, slashes, dashes, single
 * quotes, at-signs and underscores (EC2 API reference, CreateImage). Packer's own `{{…}}` would give a
 * different name in every run.
 */
function amiNameProblem(amiName: string, place: string): Problem | undefined {
  const found = JSON.stringify(amiName);
  if (amiName.includes('{{')) {
    const advice = 'Use {version} instead of {{…}}.';
    return { place, expected: 'an AMI name that is the same in every run', found, advice };
  }
  const wrong = [...new Set(amiName.match(illegal))];
  if (wrong.length > 0) {
    const shown = wrong.map((character) => JSON.stringify(character)).join(' ');
    const expected = "an AMI name of letters, digits, spaces and ( ) [ ] . / - ' @ _";
    return { place, expected, found: `${shown} in ${found}` };
  }
  if (amiName.length >= 3 && amiName.length <= 128) return undefined;
  return { place, expected: 'an AMI name of 3 to 128 characters', found: `${amiName.length} in ${found}` };
}

/** Images that would share an AMI name in a region; each group once for all regions. */
function sharedNames(named: Named[]): Problem[] {
  const groups = Map.groupBy(named, ({ region, amiName }) => `${region} ${amiName}`);
  const problems = [...groups.values()].flatMap((group): [string, Problem][] => {
    const images = [...new Map(group.map(({ image }) => [image.name.toLowerCase(), image])).values()];
    const [first, second] = images;
    if (!first || !second) return [];
    const names = images.slice(0, 4).map(({ name }) => name);
    const more = images.length > 4 ? ` and ${images.length - 4} more` : '';
    const problem = {
      place: second.amiNamePlace,
      expected: 'an AMI name for each image',
      found: `${JSON.stringify(group[0]?.amiName)} for ${names.join(', ')}${more}`,
      advice: `Add ${differingVariables(images)} to it.`,
    };
    return [[images.map(({ place, name }) => `${place} ${name}`).join(), problem]];
  });
  return [...new Map(problems.reverse()).values()].reverse();
}

/** The placeholders that distinguish images. */
export function differingVariables(images: readonly Pick<Image, 'variables'>[]): string {
  const variables = Object.keys(images[0]?.variables ?? {})
    .filter((variable) => images.every(({ variables: own }) => Object.hasOwn(own, variable)))
    .filter((variable) => new Set(images.map(({ variables: own }) => own[variable])).size > 1);
  return variables.length > 0 ? variables.map((variable) => `{${variable}}`).join(' and ') : '{image}';
}

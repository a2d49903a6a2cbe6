import { dirname, join } from 'node:path';
import { parsePublicationName } from '../config/publication-name.ts';
import { readPublication } from '../config/read-publication.ts';
import { ActionableError } from '../lib/actionable-error.ts';
import { located } from '../lib/origins.ts';
import type { Publication } from '../model/publication.ts';
import { combinedImages } from '../plan/image.ts';
import type { Host } from './host.ts';
import type { ReleaseArguments } from './release-arguments.ts';
import { readVariableFiles } from './variable-files.ts';

/** A publication that a base names, as `publish` is told it: `baseline`, or `baseline@1.2.0` where the config names that release. */
export interface NamedBase {
  named: string;
  publication: string;
  /** Where the config says so, with the file. */
  place: string;
}

/**
 * The publications whose AMIs of this account the images start from, each once. Those of another account are published there.
 * Pure.
 */
export function basesNamedBy(publication: Publication): NamedBase[] {
  const bases = combinedImages(publication).flatMap(({ base, place }): NamedBase[] => {
    if (!('publication' in base) || base.owner !== undefined) return [];
    const { release } = base;
    const file = join(dirname(publication.file), `${base.publication}.json`);
    const name = dirname(publication.file) === 'configs' ? base.publication : file;
    return [
      {
        publication: name,
        named: release === 'latest' ? name : `${name}@${release}`,
        place: located(publication, `${place}.base.publication`),
      },
    ];
  });
  return [...new Map(bases.map((base) => [base.named, base])).values()];
}

/**
 * Everything that a publication stands on, in the order in which it is to be published: each after what it stands on itself.
 *
 * @param read reads a publication that a base names; undefined where there is no such config, which then is the end.
 * @throws ActionableError (2) for publications that stand on each other, with the place.
 */
export function basesInOrder(
  publication: Publication,
  read: (base: NamedBase) => Publication | undefined,
): NamedBase[] {
  const order = new Map<string, NamedBase>();
  const visit = (one: Publication, above: readonly string[]) => {
    for (const base of basesNamedBy(one)) {
      if (order.has(base.named)) continue;
      const own = parsePublicationName(base.publication).publication;
      if (above.includes(own)) throw standsOnItself(base, [...above.slice(above.indexOf(own)), own]);
      const next = read(base);
      if (next) visit(next, [...above, own]);
      order.set(base.named, base);
    }
  };
  visit(publication, [nameOf(publication)]);
  return [...order.values()];
}

/** As `basesNamedBy` names it. */
const nameOf = ({ file, name }: Publication): string => (dirname(file) === 'configs' ? name : file);

const standsOnItself = ({ place, publication }: NamedBase, circle: readonly string[]) =>
  new ActionableError('config-invalid', {
    place,
    expected: 'a publication that does not depend on this one',
    found: `"${publication}": ${circle.join(' depends on ')}`,
  });

/**
 * What a publication stands on, in the order of publishing.
 *
 * @throws ActionableError (2) where one of these configs cannot be read, or they stand on each other.
 */
export function basesOf(
  { publication, variables, variableFiles }: ReleaseArguments,
  { cwd, environment }: Host,
): NamedBase[] {
  const files = readVariableFiles(variableFiles, cwd);
  const named = readPublication(publication, { cwd, given: variables, more: { files, environment } });
  const more = { files: [], environment };
  return basesInOrder(named, (base) => readPublication(base.named, { cwd, given: {}, more }));
}

/**
 * Refuses publications that stand on each other. A config that is not here, or is wrong itself, is no matter of this one's.
 *
 * @throws ActionableError (2) with the place.
 */
export function refuseCircles(publication: Publication, { cwd }: Pick<Host, 'cwd'>): void {
  basesInOrder(publication, ({ named }) => {
    try {
      return readPublication(named, { cwd, given: 'unneeded' });
    } catch (error) {
      if (error instanceof ActionableError) return undefined;
      throw error;
    }
  });
}

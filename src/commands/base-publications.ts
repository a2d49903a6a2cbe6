import { dirname, join } from 'node:path';
import { parsePublicationName } from '../config/publication-name.ts';
import { readPublication } from '../config/read-publication.ts';
import { ActionableError } from '../lib/actionable-error.ts';
import { memoize } from '../lib/memoize.ts';
import { located } from '../lib/origins.ts';
import { placeholdersIn } from '../lib/placeholders.ts';
import type { AdvisedCommand } from '../model/advised-command.ts';
import type { Json, Publication, PublishedBase } from '../model/publication.ts';
import { builderOptionsFor } from '../plan/builder-options.ts';
import { combinedImages } from '../plan/image.ts';
import { lacksUser } from '../plan/login-user.ts';
import type { Host } from './host.ts';
import type { ReleaseArguments } from './release-arguments.ts';
import { readVariableFiles } from './variable-files.ts';

/**
 * A publication that a base names, in the form of `publish`'s argument: `baseline`, or `baseline@1.2.0` if the config names
 * that release.
 */
export interface NamedBase {
  named: string;
  publication: string;
  /** Its place in the config, with the file. */
  place: string;
}

/**
 * The publications of this account whose AMIs the images start from, each once. Another account's publications are published
 * there. Pure.
 */
export function basesNamedBy(publication: Publication): NamedBase[] {
  const bases = combinedImages(publication).flatMap(({ base, place }): NamedBase[] => {
    if (!('publication' in base) || base.owner !== undefined) return [];
    return [
      { ...namedBase(publication.file, base), place: located(publication, `${place}.base.publication`) },
    ];
  });
  return [...new Map(bases.map((base) => [base.named, base])).values()];
}

/** The publication that a base names, relative to the file of the config that names it. */
function namedBase(from: string, { publication, release }: PublishedBase): Omit<NamedBase, 'place'> {
  const folder = dirname(from);
  const name = folder === 'configs' ? publication : join(folder, `${publication}.json`);
  return { publication: name, named: release === 'latest' ? name : `${name}@${release}` };
}

/** The command that publishes a base's publication, for messages. */
export const publishBaseOf =
  ({ file }: Publication, command: AdvisedCommand) =>
  (base: PublishedBase): string =>
    command('publish', namedBase(file, base).named);

/**
 * Everything that a publication is based on, in publishing order: each after its own bases.
 *
 * @param read reads a publication that a base names; undefined if there is no such config, which ends the chain.
 * @throws ActionableError (2) for publications that are based on each other, with the place.
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

/** Its name in commands and in `basesNamedBy`. */
export const nameOf = ({ file, name }: Pick<Publication, 'file' | 'name'>): string =>
  dirname(file) === 'configs' ? name : file;

const standsOnItself = ({ place, publication }: NamedBase, circle: readonly string[]) =>
  new ActionableError('config-invalid', {
    place,
    expected: 'a publication that does not depend on this one',
    found: `"${publication}": ${circle.join(' depends on ')}`,
  });

/**
 * The publications that a publication is based on, in publishing order.
 *
 * @throws ActionableError (2) if one of these configs cannot be read, or they are based on each other.
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
 * The login user in the configs of other publications: their "ssh_username", or that of their own bases. Undefined if there is
 * no such config here, or its own base image decides.
 */
export function loginUserOfBases({ file }: Publication, { cwd }: Pick<Host, 'cwd'>): LoginUserOfBase {
  const configs = memoize((named: string) => {
    const publication = readIfThere(named, cwd);
    return { publication, images: publication ? combinedImages(publication) : [] };
  });
  const find = (from: string, base: PublishedBase, region: string, depth: number): string | undefined => {
    if (base.owner !== undefined || depth > mostBases) return undefined;
    const { publication, images } = configs(namedBase(from, base).named);
    const image = images.find(({ name }) => name === base.image);
    if (!publication || !image) return undefined;
    const options = builderOptionsFor(publication, image, region);
    if (!lacksUser(options)) return userOf(options);
    return 'publication' in image.base ? find(publication.file, image.base, region, depth + 1) : undefined;
  };
  return (base, region) => find(file, base, region, 1);
}

type LoginUserOfBase = (base: PublishedBase, region: string) => string | undefined;

/** Circular bases are refused before; this limit only covers configs that hide one. */
const mostBases = 20;

/** Variables have no value here: they belong to a run of the other publication. */
function userOf({ ssh_username: user }: Record<string, Json>): string | undefined {
  return typeof user === 'string' && placeholdersIn(user).length === 0 ? user : undefined;
}

/** The config of another publication, without values for its variables; undefined if it is not here, or is invalid. */
function readIfThere(named: string, cwd: string): Publication | undefined {
  try {
    return readPublication(named, { cwd, given: 'unneeded' });
  } catch (error) {
    if (error instanceof ActionableError) return undefined;
    throw error;
  }
}

/**
 * Refuses publications that are based on each other. A config that is missing or invalid itself is not this one's problem.
 *
 * @throws ActionableError (2) with the place.
 */
export function refuseCircles(publication: Publication, { cwd }: Pick<Host, 'cwd'>): void {
  basesInOrder(publication, ({ named }) => readIfThere(named, cwd));
}

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
    return [
      { ...namedBase(publication.file, base), place: located(publication, `${place}.base.publication`) },
    ];
  });
  return [...new Map(bases.map((base) => [base.named, base])).values()];
}

/** What a base names, as seen from the file of the config that names it. */
function namedBase(from: string, { publication, release }: PublishedBase): Omit<NamedBase, 'place'> {
  const folder = dirname(from);
  const name = folder === 'configs' ? publication : join(folder, `${publication}.json`);
  return { publication: name, named: release === 'latest' ? name : `${name}@${release}` };
}

/** The command that publishes what a base names, for messages. */
export const publishBaseOf =
  ({ file }: Publication, command: AdvisedCommand) =>
  (base: PublishedBase): string =>
    command('publish', namedBase(file, base).named);

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

/** As a command names it, and `basesNamedBy`. */
export const nameOf = ({ file, name }: Pick<Publication, 'file' | 'name'>): string =>
  dirname(file) === 'configs' ? name : file;

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
 * The user that the configs of other publications log in to their images as: what "ssh_username" says there, or hands down itself. Undefined
 * where there is no such config here, or its own base image decides.
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

/** Circles are refused before: this only ends what a config in between hides. */
const mostBases = 20;

/** A variable has no value here: it belongs to a run of the other publication. */
function userOf({ ssh_username: user }: Record<string, Json>): string | undefined {
  return typeof user === 'string' && placeholdersIn(user).length === 0 ? user : undefined;
}

/** The config of another publication, without values for its variables; undefined where it is not here, or is wrong. */
function readIfThere(named: string, cwd: string): Publication | undefined {
  try {
    return readPublication(named, { cwd, given: 'unneeded' });
  } catch (error) {
    if (error instanceof ActionableError) return undefined;
    throw error;
  }
}

/**
 * Refuses publications that stand on each other. A config that is not here, or is wrong itself, is no matter of this one's.
 *
 * @throws ActionableError (2) with the place.
 */
export function refuseCircles(publication: Publication, { cwd }: Pick<Host, 'cwd'>): void {
  basesInOrder(publication, ({ named }) => readIfThere(named, cwd));
}

import { readdirSync, realpathSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import picomatch from 'picomatch';
import type { Problem } from '../lib/problem.ts';
import { placeOf } from '../lib/problem.ts';
import type { Publication } from '../model/publication.ts';

/** If there are more files than this, a pattern is too wide, such as one for node_modules. */
const mostFiles = 100_000;

/** Names that start with a dot are ordinary files; a "!" or "(" in a name is literal. */
const matching = { dot: true, nonegate: true, noextglob: true };

/**
 * The files in `inputs`, as paths from the config's folder, sorted: those that match a pattern and none with a leading "!". A
 * pattern that names a folder means all files in it. Symbolic links are followed; `.git` is left out.
 */
export function inputFiles({ inputs = [], folder }: Pick<Publication, 'inputs' | 'folder'>): string[] {
  const isExcluded = exclusionOf(inputs);
  const found = inputs.flatMap((pattern) => (pattern.startsWith('!') ? [] : filesOf(pattern, folder)));
  return [...new Set(found)].filter((path) => !isExcluded(path)).sort();
}

function exclusionOf(inputs: readonly string[]): (path: string) => boolean {
  const excluded = inputs.flatMap((pattern) =>
    pattern.startsWith('!') ? [matcherOf(pattern.slice(1))] : [],
  );
  return (path) => excluded.some((matches) => matches(path));
}

/**
 * Patterns without a match, and those all of whose matches are excluded: because of a typo, files would be missing from the
 * recipe.
 */
export function inputProblems(publication: Publication): Problem[] {
  const { inputs = [], folder } = publication;
  const isExcluded = exclusionOf(inputs);
  if (inputs.length > 0 && inputs.every((pattern) => pattern.startsWith('!'))) {
    const expected = 'at least one pattern of files that the recipe covers';
    return [{ place: 'inputs', expected, found: 'only patterns with "!", which exclude files' }];
  }
  return inputs.flatMap((pattern, index): Problem[] => {
    if (pattern.startsWith('!')) return [];
    const files = filesOf(pattern, folder);
    if (files.some((path) => !isExcluded(path))) return [];
    const why = files.length === 0 ? 'which matches none' : 'all of whose files a pattern with "!" excludes';
    return [
      {
        place: placeOf(['inputs', index]),
        expected: 'a pattern that matches a file',
        found: `${JSON.stringify(pattern)}, ${why}`,
        advice: `Patterns are relative to ${folder}`,
      },
    ];
  });
}

/** An exclusion that starts with `**` also applies in folders above the config's. */
function matcherOf(pattern: string): (path: string) => boolean {
  const fits = picomatch(pattern, matching);
  const beneath = picomatch(`${pattern}/**`, matching);
  return (path) => {
    const own = pattern.startsWith('**') ? path.replace(/^(?:\.\.\/)+/, '') : path;
    return fits(own) || beneath(own);
  };
}

function filesOf(pattern: string, folder: string): string[] {
  const { base, glob } = picomatch.scan(pattern.replace(/^\.\//, ''));
  const files = filesBeneath(resolve(folder, base), []).map((path) =>
    path === '' ? base : join(base, path),
  );
  if (glob === '') return files;
  const fits = picomatch(glob, matching);
  return files.filter((path) => fits(base === '' ? path : path.slice(base.length + 1)));
}

/** Files as paths from a folder; the empty path if it is a file itself; none if it does not exist. */
function filesBeneath(root: string, above: readonly string[]): string[] {
  const stat = statSync(root, { throwIfNoEntry: false });
  if (stat === undefined) return [];
  if (!stat.isDirectory()) return [''];
  const here = realpathSync(root);
  if (above.includes(here)) return [];
  const files: string[] = [];
  for (const name of readdirSync(here)) {
    if (name === '.git') continue;
    for (const path of filesBeneath(join(here, name), [...above, here])) {
      files.push(path === '' ? name : `${name}/${path}`);
      if (files.length > mostFiles) return files;
    }
  }
  return files;
}

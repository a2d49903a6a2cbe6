import { definedOnly } from '../lib/defined-only.ts';
import { located } from '../lib/origins.ts';
import type { Problem } from '../lib/problem.ts';
import { refuseLocated } from '../lib/refuse-problems.ts';
import { shapeProblems } from '../lib/validate-shape.ts';
import type { Publication } from '../model/publication.ts';
import { type Written, withDefaults } from './defaults.ts';
import { mergeExtended } from './extends.ts';
import { findPublication } from './find-publication.ts';
import { type BranchOf, branchFor, checkedOutBranch } from './git-branch.ts';
import { parsePublicationName } from './publication-name.ts';
import { baseIds } from './rules/base-ids.ts';
import { bestEffort } from './rules/best-effort.ts';
import { bundle } from './rules/bundle.ts';
import { copies } from './rules/copies.ts';
import { fileName } from './rules/file-name.ts';
import { matrixVariables } from './rules/matrix.ts';
import { neededOptions } from './rules/needed-options.ts';
import { notifyChannels } from './rules/notify.ts';
import { onlyOrExcept } from './rules/only-except.ts';
import { otherBuilder } from './rules/other-builder.ts';
import { ownAccount } from './rules/own-account.ts';
import { recordPath } from './rules/record-path.ts';
import { refusedOptions } from './rules/refused-options.ts';
import type { Rule } from './rules/rule.ts';
import { spotOptions } from './rules/spot-options.ts';
import { reservedTags } from './rules/tags.ts';
import { versionLength } from './rules/version-length.ts';
import { publicationSchema } from './schema.ts';
import { hasTimestamp, withTimestamp } from './timestamp.ts';
import { variablesFor, type WrittenVariables } from './variables.ts';

const ownRules: Rule[] = [
  fileName,
  versionLength,
  matrixVariables,
  recordPath,
  notifyChannels,
  bestEffort,
  copies,
  baseIds,
  bundle,
  neededOptions,
  spotOptions,
  refusedOptions,
  otherBuilder,
  reservedTags,
  onlyOrExcept,
  ownAccount,
];

/**
 * Reads a publication: text, shape, defaults, rules. `nameOrPath` is a name in `configs/` or the path of a file, both
 * seen from `cwd`, with `@VERSION` behind it where another version than the config's is asked for.
 *
 * `rules` are further ones whose problems are to appear with the others: `publicationRules` of `src/plan/`, which know
 * the matrix and the files that provisioners name.
 *
 * @throws ActionableError (2) that lists all problems of a pass, each with its place. A value of the wrong shape ends
 * the reading before the rules; literal credentials are looked for in any case, and never shown. Each problem names the
 * file that the value came from, with its line where the config extends others.
 */
export function readPublication(
  nameOrPath: string,
  {
    cwd,
    rules = [],
    given = {},
    branchOf = checkedOutBranch,
    versionOf = (template) => withTimestamp(template, new Date()),
  }: {
    cwd: string;
    rules?: Rule[];
    /**
     * What `--var` gives to variables of the config. `unneeded`: the options of builders and provisioners are not
     * used, so variables that only they can use need no value.
     */
    given?: Readonly<Record<string, string>> | 'unneeded';
    branchOf?: BranchOf;
    /** Chooses the release of a publication whose version holds `{timestamp}`, where none is named. */
    versionOf?: (template: string, publication: string) => string;
  },
): Publication {
  const asked = parsePublicationName(nameOrPath);
  const { text, ...from } = findPublication(asked, cwd);
  const merged = mergeExtended({ ...from, text });
  refuseLocated(merged.problems);
  const where = { ...from, ...definedOnly({ origins: merged.origins }) };
  const inItsFile = (problem: Problem): Problem => ({ ...problem, place: located(where, problem.place) });
  const shape = shapeProblems(merged.value, publicationSchema);
  if (shape.length > 0) refuseLocated([...shape.map(inItsFile), ...merged.credentials]);
  const written = merged.value as unknown as Written;
  const version =
    asked.version ??
    (hasTimestamp(written.version) ? versionOf(written.version, from.name) : written.version);
  const plain = withDefaults({ ...written, version }, where);
  const { problems: unfilled, ...filled } =
    given === 'unneeded' ? { problems: [] } : forOptions(plain, written.variables ?? {}, given, branchOf);
  const publication = { ...plain, ...filled };
  refuseLocated([
    ...merged.credentials,
    ...[...unfilled, ...[...ownRules, ...rules].flatMap((rule) => rule(publication))].map(inItsFile),
  ]);
  return publication;
}

/** What options of builders and provisioners alone can name. */
function forOptions(
  publication: Publication,
  written: WrittenVariables,
  given: Readonly<Record<string, string>>,
  branchOf: BranchOf,
): Pick<Publication, 'gitBranch' | 'variables'> & { problems: Problem[] } {
  const { variables, problems } = variablesFor(publication, written, given);
  const branch = branchFor(publication, branchOf);
  const named = Object.keys(variables).length > 0 ? { variables } : {};
  return { ...named, ...branch, problems: [...problems, ...branch.problems] };
}

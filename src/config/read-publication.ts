import { definedOnly } from '../lib/defined-only.ts';
import { located } from '../lib/origins.ts';
import { stringsIn, variablePlaceholders } from '../lib/placeholders.ts';
import { type Problem, placeOf } from '../lib/problem.ts';
import { refuseLocated } from '../lib/refuse-problems.ts';
import { shapeProblems } from '../lib/validate-shape.ts';
import type { Publication } from '../model/publication.ts';
import { type Written, withDefaults } from './defaults.ts';
import { mergeExtended } from './extends.ts';
import { fillSettings } from './fill-settings.ts';
import { findPublication } from './find-publication.ts';
import { type BranchOf, branchFor, checkedOutBranch } from './git-branch.ts';
import { momentProblems } from './moment.ts';
import { parsePublicationName } from './publication-name.ts';
import { baseIds } from './rules/base-ids.ts';
import { bestEffort } from './rules/best-effort.ts';
import { bundle } from './rules/bundle.ts';
import { copies } from './rules/copies.ts';
import { encryption } from './rules/encryption.ts';
import { exclude } from './rules/exclude.ts';
import { fileName } from './rules/file-name.ts';
import { gitTags } from './rules/git-tags.ts';
import { imageRegions } from './rules/image-regions.ts';
import { lifecycle } from './rules/lifecycle.ts';
import { matrixVariables } from './rules/matrix.ts';
import { neededOptions } from './rules/needed-options.ts';
import { notifyChannels } from './rules/notify.ts';
import { onlyOrExcept } from './rules/only-except.ts';
import { otherBuilder } from './rules/other-builder.ts';
import { ownAccount } from './rules/own-account.ts';
import { recordPath } from './rules/record-path.ts';
import { refusedOptions } from './rules/refused-options.ts';
import { retention } from './rules/retention.ts';
import type { Rule } from './rules/rule.ts';
import { spotOptions } from './rules/spot-options.ts';
import { reservedTags } from './rules/tags.ts';
import { versionLength } from './rules/version-length.ts';
import { publicationSchema } from './schema.ts';
import { hasTimestamp, isCandidateOf, momentOf, withTimestamp } from './timestamp.ts';
import { type GivenVariables, type Variables, variablesFor } from './variables.ts';
import { readVersion } from './version-file.ts';

/** Settings for commands that build nothing. */
export type UsedSetting = 'share' | 'parameters' | 'notify';

const ownRules: Rule[] = [
  fileName,
  versionLength,
  matrixVariables,
  exclude,
  imageRegions,
  recordPath,
  notifyChannels,
  gitTags,
  bestEffort,
  copies,
  encryption,
  baseIds,
  bundle,
  neededOptions,
  spotOptions,
  refusedOptions,
  otherBuilder,
  reservedTags,
  onlyOrExcept,
  ownAccount,
  lifecycle,
  retention,
];

/**
 * Reads a publication: text, shape, defaults, rules. `nameOrPath` is a name in `configs/` or the path of a file, both relative
 * to `cwd`, followed by `@VERSION` for another version than the config's.
 *
 * `rules` are additional ones whose problems are reported with the others: `publicationRules` of `src/plan/`, which know the
 * matrix and the files of provisioners.
 *
 * @throws ActionableError (2) that lists all problems of a pass, each with its place. A value of the wrong shape ends the
 * reading before the rules; literal credentials are searched for in any case, and never shown. Each problem names the file that
 * the value came from, with its line if the config extends others.
 */
export function readPublication(
  nameOrPath: string,
  {
    cwd,
    rules = [],
    given = {},
    more = { files: [], environment: {} },
    needsSecrets = false,
    uses = 'everything',
    branchOf = checkedOutBranch,
    versionOf = (template) => withTimestamp(template, new Date()),
  }: {
    cwd: string;
    rules?: Rule[];
    /**
     * The values of `--var` for variables of the config. `unneeded`: the options of builders and provisioners are not used, so
     * variables that only they can use need no value.
     */
    given?: GivenVariables['options'] | 'unneeded';
    /** Sources of values besides `--var`. */
    more?: Omit<GivenVariables, 'options'>;
    /** Whether secret variables need a value: only if Packer builds. */
    needsSecrets?: boolean;
    /** If nothing is built: the settings whose variables need a value. `all but notify`: everything that status compares. */
    uses?: 'everything' | 'all but notify' | readonly UsedSetting[];
    branchOf?: BranchOf;
    /** Chooses the release of a publication whose version contains `{timestamp}`, if none is named. */
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
  const { version, problems: wrongVersion } = chosenVersion(written.version, asked.version, from, versionOf);
  const template = typeof written.version === 'string' ? written.version : version;
  const moment = momentOf(template, version);
  const about = {
    ...where,
    ...definedOnly({ moment }),
    ...(hasTimestamp(template) ? { versionTemplate: template } : {}),
    ...(isCandidateOf(template, version) ? { candidate: true as const } : {}),
  };
  const { problems: unfilled, ...filled } =
    given === 'unneeded'
      ? { problems: [] }
      : valuesFor({ ...written, version }, about, { options: given, ...more }, { branchOf, needsSecrets });
  const { filled: settings, problems: wrongSettings } = fillSettings(written, filled.variables ?? {});
  const plain = withDefaults({ ...written, ...settings, version }, about);
  const publication = { ...plain, ...filled };
  const reported = unfilled.filter(isReported(uses, written));
  // A text with wrong variables has no value yet, so nothing else can be said about it.
  const unknown = new Set(reported.map(({ place }) => place));
  const others = [...wrongSettings, ...[...ownRules, ...rules].flatMap((rule) => rule(publication))];
  refuseLocated([
    ...merged.credentials,
    ...[...wrongVersion, ...reported, ...others.filter(({ place }) => !unknown.has(place))].map(inItsFile),
  ]);
  return publication;
}

function isReported(
  uses: 'everything' | 'all but notify' | readonly UsedSetting[],
  written: Written,
): (problem: Problem) => boolean {
  if (uses === 'everything') return () => true;
  return uses === 'all but notify' ? isOutsideNotify(written) : isOf(uses, written);
}

/** Whether a problem concerns anything but the value of a variable that is used in "notify" only, or nowhere. Pure. */
function isOutsideNotify({ variables = {}, notify, ...others }: Written): (problem: Problem) => boolean {
  const used = new Set(variablesIn(others));
  const unneeded = Object.keys(variables).filter((name) => !used.has(name));
  const places = new Set(unneeded.map((name) => placeOf(['variables', name])));
  return ({ place }) => !places.has(place);
}

const variablesIn = (value: unknown): string[] =>
  stringsIn(value, []).flatMap(({ text }) => variablePlaceholders(text));

/** Whether a problem concerns one of these settings, or a variable that they use. Pure. */
function isOf(uses: readonly UsedSetting[], written: Written): (problem: Problem) => boolean {
  const named = uses.flatMap((setting): [place: string, value: unknown][] => [
    [setting, written[setting]],
    ...(setting === 'notify'
      ? []
      : [[placeOf(['candidates', setting]), written.candidates?.[setting]] as [string, unknown]]),
  ]);
  const variables = new Set(named.flatMap(([, value]) => variablesIn(value)));
  const places = new Set(['variables', ...[...variables].map((name) => placeOf(['variables', name]))]);
  return ({ place }) =>
    places.has(place) ||
    named.some(([setting]) => place.startsWith(`${setting}.`) || place.startsWith(`${setting}[`));
}

/** The requested version, or the config's: as written, with its time filled in, or from a file. */
function chosenVersion(
  written: Written['version'],
  asked: string | undefined,
  { name, folder }: Pick<Publication, 'name' | 'folder'>,
  versionOf: (template: string, publication: string) => string,
): { version: string; problems: Problem[] } {
  if (asked !== undefined) return { version: asked, problems: [] };
  if (typeof written === 'string') {
    return { version: hasTimestamp(written) ? versionOf(written, name) : written, problems: [] };
  }
  const read = readVersion(written, folder);
  return 'version' in read ? { ...read, problems: [] } : { version: 'unknown', problems: [read.problem] };
}

/** The values of `{var.NAME}` and `{git.branch}`. */
function valuesFor(
  written: Written & { version: string },
  where: Parameters<typeof withDefaults>[1],
  given: GivenVariables,
  { branchOf, needsSecrets }: { branchOf: BranchOf; needsSecrets: boolean },
): Variables & Pick<Publication, 'gitBranch'> {
  const publication = withDefaults(written, where);
  const { problems, ...variables } = variablesFor(publication, written, given, { needsSecrets });
  const branch = branchFor(publication, branchOf);
  return {
    ...variables,
    ...branch,
    problems: [...problems, ...branch.problems, ...momentProblems(publication)],
  };
}

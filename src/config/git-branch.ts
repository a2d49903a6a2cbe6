import { execFileSync } from 'node:child_process';
import { type Problem, placeOf } from '../lib/problem.ts';
import type { Publication } from '../model/publication.ts';
import { optionsOf } from './rules/builders.ts';

/** The branch checked out in a folder, or why there is none, in words that follow "found". */
export type BranchOf = (folder: string) => { branch: string } | { why: string };

const placeholder = /(?<![$%{])\{git\.branch\}/;

/** Milliseconds. Git reads one file. */
const limit = 10_000;

/** Asks git. A branch without a commit counts, too. */
export const checkedOutBranch: BranchOf = (folder) => {
  try {
    const said = execFileSync('git', ['symbolic-ref', '--quiet', '--short', 'HEAD'], {
      cwd: folder,
      encoding: 'utf8',
      timeout: limit,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return { branch: said.trim() };
  } catch (error) {
    return { why: whyNone(error) };
  }
};

/** Git exits with 1 if HEAD is not a branch, and with 128 if it could not look (git-symbolic-ref, `--quiet`). */
function whyNone(error: unknown): string {
  const { code, status, stderr } = error as { code?: unknown; status?: unknown; stderr?: unknown };
  if (code === 'ENOENT') return 'no git on PATH';
  if (status === 1) return 'a detached HEAD';
  const [said = ''] = String(stderr ?? '').split('\n');
  if (/not a git repository/.test(said)) return 'no git repository';
  return `a git error (${said.trim() || String(code ?? status)})`;
}

/** The value of `{git.branch}`, looked up only if it is used: in builder options, in those of regions, and in provisioners. */
export function branchFor(
  publication: Publication,
  branchOf: BranchOf,
): { gitBranch?: string; problems: Problem[] } {
  const used = usesOf(publication);
  if (used === undefined) return { problems: [] };
  const found = branchOf(publication.folder);
  if ('branch' in found) return { gitBranch: found.branch, problems: [] };
  const problem: Problem = {
    place: used,
    expected: `a branch that is checked out in ${publication.folder}, for {git.branch}`,
    found: found.why,
    advice: 'Check one out (git switch NAME), or make it a variable: {var.branch} and --var branch=NAME.',
  };
  return { problems: [problem] };
}

/** The first place that uses it. */
const usesOf = (publication: Publication): string | undefined => {
  const use = optionsOf(publication).find(({ value }) => placeholder.test(JSON.stringify(value)));
  return use && placeOf(use.path);
};

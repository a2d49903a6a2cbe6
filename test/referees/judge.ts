import { appendFileSync } from 'node:fs';
import { inject } from 'vitest';
import type { RefereesEnvironment } from './environment.ts';
import './setup.ts';

/** One line of what `scripts/test` prints at its end: a judge with what it judged, or why it did not. */
type Verdict = { judge: string; judged: string } | { judge: string; skipped: string };

/**
 * The environment that a judge of the sandbox runs in. Undefined if this machine has no Python or no package index:
 * its tests are skipped then, visibly. Throws instead if no judge may be skipped (`GOPACKGO_JUDGES_NEEDED`,
 * which scripts/test sets in CI).
 */
export const judge = (
  name: string,
  environment = inject('referees'),
  variables: NodeJS.ProcessEnv = process.env,
): RefereesEnvironment | undefined => {
  if (!('missing' in environment)) return environment;
  if (!['', 'false'].includes(variables.GOPACKGO_JUDGES_NEEDED ?? '')) {
    throw new Error(`${name} has to run in CI, and cannot: ${environment.missing}`);
  }
  report({ judge: name, skipped: environment.missing }, variables);
  return undefined;
};

/** Reports what a judge has checked, once it is done. */
export const judged = (name: string, what: string): void =>
  report({ judge: name, judged: what }, process.env);

const report = (verdict: Verdict, variables: NodeJS.ProcessEnv): void => {
  const file = variables.GOPACKGO_JUDGES;
  if (file) appendFileSync(file, `${JSON.stringify(verdict)}\n`);
  else
    process.stderr.write(
      `${verdict.judge}: ${'judged' in verdict ? verdict.judged : `skipped: ${verdict.skipped}`}\n`,
    );
};

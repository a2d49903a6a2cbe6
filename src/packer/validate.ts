import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import pLimit from 'p-limit';
import { redact } from '../lib/redact.ts';
import { runWithLimit } from '../lib/run-with-limit.ts';
import { type Refusal, readRefusals } from './refusals.ts';

export interface ValidationOrder<Template extends { file: string }> {
  /** Path of the program. */
  packer: string;
  templates: Template[];
  /** Where the builds will run, since relative paths start there. */
  cwd: string;
  environment: Record<string, string>;
  /** How many at a time. */
  parallel: number;
  /** Milliseconds for each. 120 s by default: a source takes about 0.1 s. */
  limitMs?: number;
}

export type Validation<Template extends { file: string }> = Template &
  (
    | { ok: true }
    /** `refusals`: the errors parsed from Packer's message; empty if none could be parsed. */
    | { ok: false; message: string; refusals: Refusal[] }
  );

/**
 * Makes Packer validate each complete template: `packer build` would build the valid sources of a template that has an invalid
 * one, and with `-only` it ignores the others. Calls no API.
 */
export async function validateTemplates<Template extends { file: string }>(
  order: ValidationOrder<Template>,
): Promise<Validation<Template>[]> {
  const limit = pLimit(order.parallel);
  return Promise.all(order.templates.map((template) => limit(() => validate(template, order))));
}

async function validate<Template extends { file: string }>(
  template: Template,
  order: ValidationOrder<Template>,
): Promise<Validation<Template>> {
  const { packer, cwd, environment, limitMs = 120_000 } = order;
  try {
    const file = resolve(template.file);
    const run = await runWithLimit(packer, ['validate', file], {
      limitMs,
      environment,
      folder: cwd,
    });
    if (run.exit === 0) return { ...template, ok: true };
    const said = redact(run.output.trim()) || `exit status ${run.exit}`;
    if (run.timedOut) {
      return { ...template, ok: false, message: `no answer within ${limitMs / 1000} s`, refusals: [] };
    }
    const refusals = readRefusals(run.output, { file, text: await readFile(file, 'utf8') });
    return { ...template, ok: false, message: said, refusals };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { ...template, ok: false, message, refusals: [] };
  }
}

import { accessSync, constants, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { variablePlaceholders } from '../lib/placeholders.ts';
import { type Problem, placeOf } from '../lib/problem.ts';
import type { Publication } from '../model/publication.ts';

/** Commands of "notify" whose file cannot be executed. A command without a slash is searched on PATH when it runs. */
export const notifyProblems = ({ notify = [], folder }: Publication): Problem[] =>
  notify.flatMap(({ command }, index): Problem[] => {
    const [program = ''] = command ?? [];
    if (!program.includes('/') || variablePlaceholders(program).length > 0) return [];
    const why = whyNot(resolve(folder, program));
    if (why === undefined) return [];
    const place = placeOf(['notify', index, 'command', 0]);
    const found = `${why}: ${JSON.stringify(program)}`;
    return [
      { place, expected: 'a program that can be run', found, advice: `Paths are relative to ${folder}` },
    ];
  });

function whyNot(path: string): string | undefined {
  try {
    if (!statSync(path).isFile()) return 'no file';
  } catch {
    return 'no such file';
  }
  try {
    accessSync(path, constants.X_OK);
    return undefined;
  } catch {
    return 'a file that may not be executed';
  }
}

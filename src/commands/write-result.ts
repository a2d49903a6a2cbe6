import { join } from 'node:path';
import { exitStatus } from '../lib/actionable-error.ts';
import { writeAtomically } from '../lib/write-atomically.ts';
import type { EventSink, Result } from '../model/events.ts';

/**
 * Writes `result.json`. Where that fails, whoever reads the file would take an earlier run's result for this one: the run
 * has failed then, and its AMIs are told in a warning.
 *
 * @returns the result as it is to be told.
 */
export async function writeResult(folder: string, result: Result, emit: EventSink): Promise<Result> {
  try {
    await writeAtomically(join(folder, 'result.json'), `${JSON.stringify(result, null, 2)}\n`);
    return result;
  } catch (error) {
    const ids = result.targets.flatMap(({ name, ami }) => (ami ? [`${name} ${ami}`] : []));
    const text = `result.json could not be written (${String(error)}). The AMIs: ${ids.join(', ')}`;
    emit({ type: 'warning', text });
    const stays = result.exit === exitStatus.interrupted || result.exit === exitStatus.failed;
    return stays ? result : { ...result, exit: exitStatus.failed };
  }
}

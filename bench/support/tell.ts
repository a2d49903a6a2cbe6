import type { Row } from './measurement.ts';
import { table } from './table.ts';

/** Whether only to see that a benchmark works: tiny amounts, one round (`BENCH_SIZE=small`). */
export const small = process.env.BENCH_SIZE === 'small';

/** Writes what a benchmark found: a table, or with `--json` its rows for `run.ts`. */
export function tell(rows: readonly Row[]): void {
  process.stdout.write(process.argv.includes('--json') ? `${JSON.stringify(rows)}\n` : table(rows));
}

/** @throws where the work that was measured was not done. */
export function check(done: boolean, what: string): void {
  if (!done) throw new Error(`the work was not done: ${what}`);
}

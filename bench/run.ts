import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Row } from './support/measurement.ts';
import { table } from './support/table.ts';

const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && file !== basename(import.meta.filename))
  .map((file) => basename(file, '.ts'))
  .sort();

/** One after the other, each in a process of its own, so that none is measured beside another. */
async function rowsOf(name: string): Promise<Row[]> {
  process.stderr.write(`${name} …\n`);
  const child = spawn(process.execPath, [join(import.meta.dirname, `${name}.ts`), '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [output, [exit]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  if (exit === 0) return JSON.parse(output);
  process.stderr.write(`${name} ended with status ${exit}; it is left out of the table\n`);
  return [{ what: name, measured: 'failed' }];
}

const [option, only] = process.argv.slice(2);
const chosen = option === '--only' ? names.filter((name) => name === only) : names;
if ((option !== undefined && option !== '--only') || chosen.length === 0) {
  process.stderr.write(`Usage: npm run bench [-- --only NAME], NAME one of ${names.join(', ')}\n`);
  process.exitCode = 2;
} else {
  const rows: Row[] = [];
  for (const name of chosen) rows.push(...(await rowsOf(name)));
  process.stdout.write(table(rows));
}

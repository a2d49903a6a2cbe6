import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Adds up what `scripts/test` ran: `node scripts/totals.ts FOLDER`. The folder holds vitest's JSON report and one
 * `.step` file for each step, whose first line is its exit status. A step's own lines `ok …` and `not ok …` count
 * one each; a step without any counts once. Exit status 1 when anything failed, or nothing ran. `judges.ndjson` says
 * which of other people's clients judged the sandbox, and which were skipped and why, and `tested-with` which Packer ran;
 * both are shown, not counted.
 */
interface Totals {
  passed: number;
  failed: number;
}

const folder = process.argv[2] ?? '.';

function fromVitest(status: number): Totals {
  try {
    const report = JSON.parse(readFileSync(join(folder, 'vitest.json'), 'utf8'));
    const totals = { passed: Number(report.numPassedTests), failed: Number(report.numFailedTests) };
    return status !== 0 && totals.failed === 0 ? { ...totals, failed: 1 } : totals;
  } catch {
    return { passed: 0, failed: 1 };
  }
}

function fromLines(status: number, lines: string[]): Totals {
  const passed = lines.filter((line) => /^ok\b/.test(line)).length;
  const failed = lines.filter((line) => /^not ok\b/.test(line)).length;
  if (status !== 0) return { passed, failed: Math.max(failed, 1) };
  return passed + failed === 0 ? { passed: 1, failed: 0 } : { passed, failed };
}

const steps = readdirSync(folder).filter((file) => file.endsWith('.step'));
const totals = steps.map((file) => {
  const [first = '1', ...lines] = readFileSync(join(folder, file), 'utf8').split('\n');
  const status = Number(first);
  return { file, ...(file === 'tests.step' ? fromVitest(status) : fromLines(status, lines)) };
});
const passed = totals.reduce((sum, step) => sum + step.passed, 0);
const failed = totals.reduce((sum, step) => sum + step.failed, 0);

const judges = join(folder, 'judges.ndjson');
const verdicts = existsSync(judges) ? readFileSync(judges, 'utf8').trim().split('\n').sort() : [];
for (const verdict of verdicts) {
  const { judge, judged, skipped } = JSON.parse(verdict);
  process.stdout.write(`judge: ${judge}: ${skipped === undefined ? judged : `SKIPPED: ${skipped}`}\n`);
}

const testedWith = join(folder, 'tested-with');
if (existsSync(testedWith)) process.stdout.write(`tested with ${readFileSync(testedWith, 'utf8')}`);

const bad = totals.filter((step) => step.failed > 0).map((step) => step.file.replace(/\.step$/, ''));
process.stdout.write(
  `\n${bad.length > 0 ? `failed: ${bad.join(', ')}\n` : ''}${passed} passed, ${failed} failed\n`,
);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

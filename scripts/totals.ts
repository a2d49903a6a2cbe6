import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Adds up what `scripts/test` ran: `node scripts/totals.ts FOLDER`. The folder holds vitest's JSON report and one
 * `.step` file for each step, whose first line is its exit status. A step's own lines `ok …` and `not ok …` count
 * one each; a step without any counts once. A test of `vitest.json` that failed and passes in `again.json`, where it ran alone,
 * has passed, and is named. Exit status 1 when anything failed, or nothing ran. `judges.ndjson` says
 * which of other people's clients judged the sandbox, and which were skipped and why, and `tested-with` which Packer ran;
 * both are shown, not counted.
 */
interface Totals {
  passed: number;
  failed: number;
}

const folder = process.argv[2] ?? '.';

interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
  testResults?: { assertionResults: { fullName: string; status: string }[] }[];
}

const readReport = (file: string): VitestReport => JSON.parse(readFileSync(join(folder, file), 'utf8'));

const named = ({ testResults = [] }: VitestReport, wanted: string) =>
  testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status === wanted)
    .map(({ fullName }) => fullName);

/** Those of the tests that failed which pass alone. */
function passedAgain(report: VitestReport): string[] {
  if (!existsSync(join(folder, 'again.json'))) return [];
  const passed = new Set(named(readReport('again.json'), 'passed'));
  return named(report, 'failed').filter((name) => passed.has(name));
}

function fromVitest(status: number): Totals & { alone?: string[] } {
  try {
    const report = readReport('vitest.json');
    const alone = passedAgain(report);
    if (status !== 0 && report.numFailedTests === 0) return { passed: report.numPassedTests, failed: 1 };
    return {
      passed: report.numPassedTests + alone.length,
      failed: report.numFailedTests - alone.length,
      alone,
    };
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
const totals: (Totals & { file: string; alone?: string[] })[] = steps.map((file) => {
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

for (const name of totals.flatMap(({ alone = [] }) => alone)) {
  process.stdout.write(`failed beside other tests, passed alone: ${name}\n`);
}

const bad = totals.filter((step) => step.failed > 0).map((step) => step.file.replace(/\.step$/, ''));
process.stdout.write(
  `\n${bad.length > 0 ? `failed: ${bad.join(', ')}\n` : ''}${passed} passed, ${failed} failed\n`,
);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/**
 * `node scripts/failed-files.ts FOLDER`: the test files, one a line, that `scripts/test` runs once more, alone. A test that starts
 * Packer and other processes can fail because the machine is busy with the tests beside it; one that fails alone too is wrong.
 * Prints none where a test failed that needs nothing but Node, where more than a few failed, or where vitest met an error outside
 * of tests: running those again could only hide something. The folder holds vitest's JSON report and what it printed.
 */
interface Report {
  testResults?: { name: string; status: string; assertionResults: { status: string }[] }[];
}

const most = 3;
const withProcesses = /^(test\/(e2e|crash|examples|referees)|sandbox\/test\/packer)\//;

const folder = process.argv[2] ?? '.';
const report = join(folder, 'vitest.json');
const { testResults = [] }: Report = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : {};
const failed = testResults.filter(({ status }) => status === 'failed');
const files = failed.map(({ name }) => relative(process.cwd(), name));
const mayRunAgain =
  files.length <= most &&
  files.every((file) => withProcesses.test(file)) &&
  failed.every(({ assertionResults }) => assertionResults.some(({ status }) => status === 'failed')) &&
  !/Unhandled (Error|Rejection)/.test(readFileSync(join(folder, 'tests.output'), 'utf8'));
if (mayRunAgain) for (const file of files) process.stdout.write(`${file}\n`);

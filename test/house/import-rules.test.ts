import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

const project = resolve(import.meta.dirname, '../..');

const status: Record<string, string> = {
  'src/lib/paper.ts': 'export const paper = 1;\nexport interface Paper { size: number }\n',
  'src/aws/call.ts': "import '@aws-sdk/client-ec2';\nexport const call = 1;\n",
  'src/config/file.ts':
    "import { paper } from '../lib/paper.ts';\nexport const file = paper;\nexport interface File { name: string }\n",
  'src/model/release-plan.ts': 'export const plan = 1;\nexport interface Plan { name: string }\n',
  'src/model/resource-names.ts': 'export const keyName = 1;\n',
  'src/model/events.ts':
    "import type { Plan } from './plan/plan.ts';\nexport const event = 1;\nexport type Event = Plan;\n",
  'src/packer/good.ts':
    "import type { Plan } from '../plan/plan.ts';\nimport { keyName } from '../plan/resource-names.ts';\nexport const good: [Plan | undefined, number] = [undefined, keyName];\n",
  'src/report/good.ts': "import type { Event } from '../events.ts';\nexport type Good = Event;\n",
  'src/commands/open-sandbox.ts': "export const open = () => import('../sandbox/index.ts');\n",
  'sandbox/index.ts': 'export const sandbox = 1;\n',
};

const broken: [rule: string, file: string, text: string][] = [
  ['lib-imports', 'src/lib/bad.ts', "import '../config/file.ts';"],
  ['config-imports', 'src/config/bad.ts', "import '../plan/plan.ts';"],
  ['packer-imports', 'src/packer/bad.ts', "import '../aws/call.ts';"],
  ['packer-imports-only-types-of-plan', 'src/packer/runs.ts', "import '../plan/plan.ts';"],
  [
    'events-imports-only-types-of-plan',
    'src/model/events.ts',
    "import { plan } from './plan/plan.ts';\nexport const used = plan;",
  ],
  [
    'report-imports',
    'src/report/bad.ts',
    "import type { Plan } from '../plan/plan.ts';\nexport type Bad = Plan;",
  ],
  ['doctor-imports', 'src/doctor/bad.ts', "import '../release/gone.ts';"],
  ['aws-imports', 'src/aws/bad.ts', "import '../release/gone.ts';"],
  ['release-imports', 'src/release/bad.ts', "import '../report/good.ts';"],
  ['record-imports', 'src/record/bad.ts', "import '../packer/good.ts';"],
  ['sdk-in-src-aws', 'src/release/sdk.ts', "import '@aws-sdk/client-ec2';"],
  [
    'sdk-in-src-aws',
    'src/release/sdk-types.ts',
    "import type { Image } from '@aws-sdk/client-ec2';\nexport type Bad = Image;",
  ],
  ['sandbox-stands-alone', 'sandbox/bad.ts', "import '../src/lib/paper.ts';"],
  [
    'sandbox-opened-in-one-place',
    'src/publish/publish.ts',
    "export const open = () => import('../sandbox/index.ts');",
  ],
  [
    'sandbox-loaded-lazily',
    'src/commands/open-sandbox.ts',
    "import { sandbox } from '../sandbox/index.ts';\nexport const used = sandbox;",
  ],
  ['no-cycles', 'src/plan/egg.ts', "import './hen.ts';\nexport const egg = 1;"],
  ['found', 'src/lib/lost.ts', "import './nowhere.ts';"],
];

let folder: string;
let clean: Violation[];
let found: Violation[];

interface Violation {
  rule: { name: string };
  from: string;
}

function write(files: Record<string, string>) {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

function violations(): Promise<Violation[]> {
  const program = join(project, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
  const words = [program, '--config', '.dependency-cruiser.mjs', '--output-type', 'json', 'src', 'sandbox'];
  return new Promise((done, fail) => {
    // Its exit status is the number of violations: not a failure of the program.
    execFile(process.execPath, words, { cwd: folder, maxBuffer: 1e8 }, (error, stdout, stderr) => {
      if (stdout === '') fail(error ?? new Error(stderr));
      else done(JSON.parse(stdout).summary.violations);
    });
  });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'import-rules-'));
  for (const file of ['.dependency-cruiser.mjs', 'tsconfig.json', 'package.json'])
    cpSync(join(project, file), join(folder, file));
  symlinkSync(join(project, 'node_modules'), join(folder, 'node_modules'));
  write(status);
  clean = await violations();
  write({ 'src/plan/hen.ts': "import './egg.ts';\n", 'src/release/gone.ts': 'export {};\n' });
  for (const [, file, text] of broken) write({ [file]: `${status[file] ?? ''}${text}\n` });
  found = await violations();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('has nothing against imports that the table allows', () => {
  expect(clean).toEqual([]);
});

it.each(broken)('%s bites in %s', (rule, file) => {
  expect(found.map((violation) => [violation.rule.name, violation.from])).toContainEqual([rule, file]);
});

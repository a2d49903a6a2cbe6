import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

const project = resolve(import.meta.dirname, '../..');

const allowed: Record<string, string> = {
  'src/lib/paper.ts': 'export const paper = 1;\nexport interface Paper { size: number }\n',
  'src/model/target.ts':
    "import type { Paper } from '../lib/paper.ts';\nexport const target = 1;\nexport type Target = Paper;\n",
  'src/lib/shape.ts':
    "import type { XStatic } from 'typebox/schema';\nexport type Shape = XStatic<object>;\n",
  'src/aws/call.ts':
    "import '@aws-sdk/client-ec2';\nimport type { Target } from '../model/target.ts';\nexport const call = (target: Target) => target;\n",
  'src/aws/s3/index.ts':
    "import '@aws-sdk/client-s3';\nexport const list = 1;\nexport interface Bucket { name: string }\n",
  'src/instance-store/s3.ts': "export const s3 = () => import('../aws/s3/index.ts');\n",
  'src/instance-store/bundle.ts':
    "import type { Bucket } from '../aws/s3/index.ts';\nimport { s3 } from './s3.ts';\nexport const bundle = async (_: Bucket) => (await s3()).list;\n",
  'src/config/file.ts':
    "import { paper } from '../lib/paper.ts';\nexport const file = paper;\nexport interface File { name: string }\n",
  'src/packer/good.ts': "import { target } from '../model/target.ts';\nexport const good = target;\n",
  'src/report/good.ts': "import type { Target } from '../model/target.ts';\nexport type Good = Target;\n",
  'src/commands/open-sandbox.ts': "export const open = () => import('../../sandbox/index.ts');\n",
  'sandbox/index.ts': 'export const sandbox = 1;\n',
};

const broken: [rule: string, file: string, text: string][] = [
  ['lib-imports', 'src/lib/bad.ts', "import '../config/file.ts';"],
  ['model-imports', 'src/model/bad.ts', "import '../config/file.ts';"],
  [
    'model-imports',
    'src/model/types.ts',
    "import type { File } from '../config/file.ts';\nexport type Bad = File;",
  ],
  ['config-imports', 'src/config/bad.ts', "import '../aws/call.ts';"],
  ['aws-imports', 'src/aws/bad.ts', "import '../observe/gone.ts';"],
  ['packer-imports', 'src/packer/bad.ts', "import '../aws/call.ts';"],
  ['plan-imports', 'src/plan/bad.ts', "import '../config/file.ts';"],
  ['checks-imports', 'src/checks/bad.ts', "import '../observe/gone.ts';"],
  ['instance-store-imports', 'src/instance-store/bad.ts', "import '../observe/gone.ts';"],
  ['observe-imports', 'src/observe/bad.ts', "import '../build/gone.ts';"],
  ['remove-imports', 'src/remove/bad.ts', "import '../build/gone.ts';"],
  ['build-imports', 'src/build/bad.ts', "import '../report/good.ts';"],
  ['share-imports', 'src/share/bad.ts', "import '../build/gone.ts';"],
  ['record-imports', 'src/record/bad.ts', "import '../packer/good.ts';"],
  ['publish-imports', 'src/publish/bad.ts', "import '../commands/gone.ts';"],
  ['cleanup-imports', 'src/cleanup/bad.ts', "import '../report/good.ts';"],
  [
    'report-imports',
    'src/report/bad.ts',
    "import type { File } from '../config/file.ts';\nexport type Bad = File;",
  ],
  ['commands-imports', 'src/commands/bad.ts', "import '../cli.ts';"],
  ['cli-imports', 'src/cli.ts', "import './observe/gone.ts';"],
  ['bin-imports', 'src/bin.ts', "import './report/good.ts';"],
  ['every-file-in-a-room', 'src/drawer/bad.ts', "import '../lib/paper.ts';"],
  ['sdk-in-src-aws', 'src/observe/sdk.ts', "import '@aws-sdk/client-ec2';"],
  [
    'sdk-in-src-aws',
    'src/observe/sdk-types.ts',
    "import type { Image } from '@aws-sdk/client-ec2';\nexport type Bad = Image;",
  ],
  [
    'typebox-for-types-alone',
    'src/model/shape.ts',
    "import { Type } from 'typebox';\nexport const shape = Type;",
  ],
  ['s3-loaded-lazily', 'src/remove/s3.ts', "import '../aws/s3/index.ts';"],
  ['s3-loaded-lazily', 'src/cleanup/s3.ts', "export const s3 = () => import('../aws/s3/index.ts');"],
  ['s3-door-is-lazy', 'src/instance-store/s3.ts', "import '../aws/s3/index.ts';"],
  ['sandbox-stands-alone', 'sandbox/bad.ts', "import '../src/lib/paper.ts';"],
  [
    'sandbox-opened-in-one-place',
    'src/publish/sandbox.ts',
    "export const open = () => import('../../sandbox/index.ts');",
  ],
  [
    'sandbox-loaded-lazily',
    'src/commands/open-sandbox.ts',
    "import { sandbox } from '../../sandbox/index.ts';\nexport const used = sandbox;",
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
  write(allowed);
  clean = await violations();
  write({ 'src/plan/hen.ts': "import './egg.ts';\n", 'src/cli.ts': 'export {};\n' });
  for (const room of ['observe', 'build', 'commands']) write({ [`src/${room}/gone.ts`]: 'export {};\n' });
  for (const [, file, text] of broken) write({ [file]: `${allowed[file] ?? ''}${text}\n` });
  found = await violations();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('has nothing against imports that the table allows', () => {
  expect(clean).toEqual([]);
});

it.each(broken)('%s bites in %s', (rule, file) => {
  expect(found.map((violation) => [violation.rule.name, violation.from])).toContainEqual([rule, file]);
});

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
  'sandbox/model/thing.ts': 'export const thing = 1;\nexport interface Thing { id: string }\n',
  'sandbox/wire/text.ts': "import { thing } from '../model/thing.ts';\nexport const text = thing;\n",
  'sandbox/state/store.ts':
    "import type { Thing } from '../model/thing.ts';\nexport const store = 1;\nexport type Stored = Thing;\n",
  'sandbox/calls/operation.ts':
    "import { store } from '../state/store.ts';\nexport const operation = store;\n",
  'sandbox/s3/operations.ts':
    "import { operation } from '../calls/operation.ts';\nexport const s3 = operation;\n",
  'sandbox/ec2/operations.ts': "import { s3 } from '../s3/operations.ts';\nexport const ec2 = s3;\n",
  'sandbox/ssm/operations.ts': "import { ec2 } from '../ec2/operations.ts';\nexport const ssm = ec2;\n",
  'sandbox/aws.ts': "import { ssm } from './ssm/operations.ts';\nexport const aws = ssm;\n",
  'sandbox/seeding/seed.ts': "import { aws } from '../aws.ts';\nexport const seed = aws;\n",
  'sandbox/server/start.ts':
    "import { text } from '../wire/text.ts';\nexport const start = text;\nexport interface Started { url: string }\n",
  'sandbox/testing/without-vitest.ts': "export { aws } from '../aws.ts';\nexport * from '../index.ts';\n",
  'sandbox/testing/index.ts': "export * from './without-vitest.ts';\nexport const world = 1;\n",
  'sandbox/testing/internals.ts': "export { store } from '../state/store.ts';\n",
  'sandbox/test/store.test.ts': "import { store } from '../state/store.ts';\nexport const tested = store;\n",
  'test/plan/good.ts':
    "import { sandbox } from '../../sandbox/index.ts';\nimport { world } from '../../sandbox/testing/index.ts';\nexport const good = [sandbox, world];\n",
  'test/referees/good.ts':
    "import { store } from '../../sandbox/testing/internals.ts';\nexport const good = store;\n",
  'bench/good.ts': "import { aws } from '../sandbox/testing/without-vitest.ts';\nexport const good = aws;\n",
  'sandbox/index.ts':
    "import { aws } from './aws.ts';\nimport { start } from './server/start.ts';\nexport const sandbox = [aws, start];\n",
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
  ['process-imports', 'src/process.ts', "import './report/good.ts';"],
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
    'sandbox-model-imports',
    'sandbox/model/bad.ts',
    "import type { Stored } from '../state/store.ts';\nexport type Bad = Stored;",
  ],
  ['sandbox-wire-imports', 'sandbox/wire/bad.ts', "import '../state/store.ts';"],
  ['sandbox-state-imports', 'sandbox/state/bad.ts', "import '../calls/operation.ts';"],
  ['sandbox-calls-imports', 'sandbox/calls/bad.ts', "import '../ec2/operations.ts';"],
  ['sandbox-iam-imports', 'sandbox/iam/bad.ts', "import '../ec2/operations.ts';"],
  ['sandbox-sts-imports', 'sandbox/sts/bad.ts', "import '../ec2/operations.ts';"],
  ['sandbox-service-quotas-imports', 'sandbox/service-quotas/bad.ts', "import '../ec2/operations.ts';"],
  ['sandbox-s3-imports', 'sandbox/s3/bad.ts', "import '../ec2/operations.ts';"],
  ['sandbox-ec2-imports', 'sandbox/ec2/bad.ts', "import '../ssm/operations.ts';"],
  ['sandbox-ssm-imports', 'sandbox/ssm/bad.ts', "import '../wire/text.ts';"],
  ['sandbox-auto-scaling-imports', 'sandbox/auto-scaling/bad.ts', "import '../ssm/operations.ts';"],
  [
    'sandbox-seeding-imports',
    'sandbox/seeding/bad.ts',
    "import type { Started } from '../server/start.ts';\nexport type Bad = Started;",
  ],
  ['sandbox-declared-imports', 'sandbox/declared/bad.ts', "import '../aws.ts';"],
  ['sandbox-server-imports', 'sandbox/server/bad.ts', "import '../aws.ts';"],
  ['sandbox-aws-imports', 'sandbox/aws.ts', "import './server/start.ts';"],
  ['sandbox-index-imports', 'sandbox/index.ts', "import './state/store.ts';"],
  ['sandbox-file-in-a-room', 'sandbox/drawer/bad.ts', "import '../model/thing.ts';"],
  ['sandbox-aws-imports', 'sandbox/aws.ts', "import './testing/index.ts';"],
  ['sandbox-in-tests', 'test/plan/bad.ts', "import '../../sandbox/state/store.ts';"],
  ['sandbox-in-tests', 'bench/bad.ts', "import '../sandbox/aws.ts';"],
  [
    'sandbox-in-tests',
    'test/referees/bad.ts',
    "import type { Thing } from '../../sandbox/model/thing.ts';\nexport type Bad = Thing;",
  ],
  ['sandbox-internals-in-tests', 'test/plan/internals.ts', "import '../../sandbox/testing/internals.ts';"],
  ['benchmarks-without-vitest', 'bench/vitest.ts', "import '../test/plan/good.ts';"],
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
  const words = [
    program,
    '--config',
    '.dependency-cruiser.mjs',
    '--output-type',
    'json',
    'src',
    'sandbox',
    'test',
    'bench',
  ];
  return new Promise((done, fail) => {
    // Its exit status is the number of violations, not a failure of the program.
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

it('accepts imports that the table allows', () => {
  expect(clean).toEqual([]);
});

it.each(broken)('%s is violated in %s', (rule, file) => {
  expect(found.map((violation) => [violation.rule.name, violation.from])).toContainEqual([rule, file]);
});

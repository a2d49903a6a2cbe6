import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { blocksOf, root } from '../house/markdown.ts';
import { refereesEnvironment } from '../referees/environment.ts';
import { cleanEnvironment, program } from './project.ts';

/** The only block of the sandbox's README with this info string. */
function example(info: string): string {
  const [block, ...more] = blocksOf('sandbox/README.md').filter((one) => one.info === info);
  if (!block || more.length > 0) throw new Error(`sandbox/README.md: expected one block of "${info}"`);
  return block.text;
}

/** A folder of somebody who has installed gopackgo and a few other packages. */
function strangersFolder(packages: string[] = []): string {
  const folder = mkdtempSync(join(tmpdir(), 'stranger '));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, '.bin'), { recursive: true });
  symlinkSync(root, join(modules, 'gopackgo'));
  for (const name of packages) symlinkSync(join(root, 'node_modules', name), join(modules, name));
  const command = join(modules, '.bin', 'gopackgo');
  writeFileSync(command, `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`);
  chmodSync(command, 0o755);
  writeFileSync(join(folder, 'package.json'), '{"type": "module"}');
  return folder;
}

/** Runs a command in such a folder, and ends everything that it left running. */
async function run(folder: string, command: string[], first = '') {
  const environment = cleanEnvironment(folder);
  const [name = '', ...words] = command;
  const child = spawn(name, words, {
    cwd: folder,
    detached: true,
    env: { ...environment, PATH: `${first}${join(folder, 'node_modules/.bin')}:${environment.PATH}` },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => {
    try {
      if (child.pid) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // All had ended.
    }
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      said += text;
    });
  }
  const [exit] = await once(child, 'close');
  return { exit, said };
}

it('vitest: the example passes, and its types are right', async () => {
  const folder = strangersFolder(['vitest', '@aws-sdk', '@types', 'typescript']);
  writeFileSync(join(folder, 'key-pair.test.ts'), example('ts vitest'));
  const options = [
    '--noEmit',
    '--strict',
    '--module',
    'nodenext',
    '--target',
    'es2023',
    '--skipLibCheck',
    '--types',
    'node',
  ];
  const types = await run(folder, [
    process.execPath,
    'node_modules/typescript/bin/tsc',
    ...options,
    'key-pair.test.ts',
  ]);
  expect(types).toEqual({ exit: 0, said: '' });
  const tests = await run(folder, [
    process.execPath,
    'node_modules/vitest/vitest.mjs',
    'run',
    '--hookTimeout=60000',
  ]);
  expect(tests.exit, tests.said).toBe(0);
  expect(tests.said).toMatch(/Tests\s+1 passed/);
});

it('Packer: the example builds', async () => {
  const folder = strangersFolder();
  writeFileSync(join(folder, 'web.pkr.hcl'), example('hcl packer'));
  const { exit, said } = await run(folder, ['sh', '-ec', example('sh packer')]);
  expect(exit, said).toBe(0);
  expect(said).toMatch(/us-east-1: ami-[0-9a-f]{17}/);
  expect(readFileSync(join(folder, '.gopackgo/sandbox/state/calls.ndjson'), 'utf8')).toContain(
    '"CreateImage"',
  );
});

/** Undefined if this machine has no Python or no package index. */
const python = await refereesEnvironment().catch((error: Error) => {
  if (!['', 'false'].includes(process.env.GOPACKGO_JUDGES_NEEDED ?? '')) throw error;
  process.stderr.write(`boto3: skipped: ${error.message}\n`);
  return undefined;
});

it.skipIf(!python)('boto3: the example makes an image', async () => {
  const folder = strangersFolder();
  writeFileSync(join(folder, 'web.py'), example('python boto3'));
  const bin = join(folder, 'python');
  mkdirSync(bin);
  writeFileSync(join(bin, 'python3'), `#!/bin/sh\nexec '${python?.python}' "$@"\n`);
  chmodSync(join(bin, 'python3'), 0o755);
  const { exit, said } = await run(folder, ['sh', '-ec', example('sh boto3')], `${bin}:`);
  expect(exit, said).toBe(0);
  expect(said).toContain('made web 1.0');
});

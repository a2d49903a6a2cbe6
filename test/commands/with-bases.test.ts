import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Host } from '../../src/commands/host.ts';
import { publishWithBases } from '../../src/commands/with-bases.ts';
import { ActionableError } from '../../src/lib/actionable-error.ts';

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'gopackgo bases '));
  mkdirSync(join(cwd, 'configs'));
  const bases = { app: 'middle', middle: 'bottom', bottom: undefined };
  for (const [name, base] of Object.entries(bases)) {
    const from = base === undefined ? { ubuntu: '2404' } : { publication: base, image: 'one' };
    const images = [{ name: 'one', base: from, builder: { instance_type: 't3.micro' } }];
    const config = {
      version: '1.0.0',
      amiName: '{publication} {version} {image}',
      regions: ['us-east-1'],
      images,
    };
    writeFileSync(join(cwd, `configs/${name}.json`), JSON.stringify(config));
  }
});
afterAll(() => rmSync(cwd, { recursive: true }));

const args = {
  publication: 'app',
  sandbox: true,
  only: [],
  except: [],
  variables: {},
  variableFiles: [],
  json: false,
  acceptMixed: false,
  yes: true,
  runLocal: false,
  replace: false,
  takeOver: false,
  takeOverParameters: false,
  push: false,
};

/** Publishes all, with these outcomes; the others are published. */
async function run(ends: Record<string, number | ActionableError>) {
  let stderr = '';
  const host = { cwd, environment: {}, stderr: { write: (text: string) => (stderr += text) } };
  const publish = async ({ publication }: { publication: string }) => {
    const end = ends[publication] ?? 0;
    if (typeof end === 'number') return end;
    throw end;
  };
  const done = await publishWithBases(args, host as unknown as Host, publish).catch((error) => error);
  return { done, stderr };
}

const refusal = () =>
  new ActionableError(
    'vcpu-quota',
    { place: 'us-east-1', expected: 'room', found: 'none' },
    { before: 'Nothing was built: AWS would refuse what this config asks for.' },
  );

it('a refusal after a base was published says so, and keeps its code and parts', async () => {
  const { done } = await run({ app: refusal() });
  expect(done).toMatchObject({ refusal: 'vcpu-quota', status: 4, problems: refusal().problems });
  expect(done.message).toBe(
    'bottom and middle are published. Not published: app.\n' +
      'Nothing of app was built: AWS would refuse what this config asks for.\n' +
      'us-east-1: expected room, found none',
  );
  expect((await run({ middle: refusal() })).done.message).toMatch(
    /^bottom is published. Not published: middle, app.\nNothing of middle was built/,
  );
});

it('the first refusal is unchanged, and a failure says what was published and what was not', async () => {
  expect((await run({ bottom: refusal() })).done.message).toBe(refusal().message);
  const { done, stderr } = await run({ middle: 1 });
  expect([done, stderr]).toEqual([1, 'bottom is published. Not published, since middle was not: app.\n']);
});

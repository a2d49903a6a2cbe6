import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { judge } from './judge.ts';

const environment = { missing: 'python3 is not installed' };

it('is skipped if it cannot run, and reports it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'judges-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'judges.ndjson');
  const variables = { GOPACKGO_JUDGES: file, GOPACKGO_JUDGES_NEEDED: 'false' };
  expect(judge('moto', environment, variables)).toBeUndefined();
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ judge: 'moto', skipped: environment.missing });
});

it('fails instead in CI', () => {
  expect(() => judge('moto', environment, { GOPACKGO_JUDGES_NEEDED: 'true' })).toThrow(
    'moto has to run in CI, and cannot: python3 is not installed',
  );
});

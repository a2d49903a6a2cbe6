import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { readPublication } from '../../src/config/read-publication.ts';
import { ActionableError } from '../../src/lib/actionable-error.ts';
import type { Publication } from '../../src/model/publication.ts';
import { publicationRules } from '../../src/plan/publication-rules.ts';

/** The smallest valid publication. */
export const least = {
  version: '1.0.0',
  amiName: 'web {version} {image}',
  regions: ['us-east-1'] as unknown,
  images: [
    { name: '2204-hvm', base: { ubuntu: '2204' }, builder: { instance_type: 'm5.large' } } as Record<
      string,
      unknown
    >,
  ],
};

/** `least` with its one image changed. */
export const withImage = (change: Record<string, unknown>) => ({
  ...least,
  images: [{ ...least.images[0], ...change }],
});

/** A folder, removed after the test, in which `configs/web.json` holds a text or a value. */
export function folderWith(config: unknown, files: Record<string, string> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'gopackgo config '));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'configs'));
  const text = typeof config === 'string' ? config : JSON.stringify(config);
  for (const [name, content] of Object.entries({ 'web.json': text, ...files })) {
    mkdirSync(join(folder, 'configs', name, '..'), { recursive: true });
    writeFileSync(join(folder, 'configs', name), content);
  }
  return folder;
}

export function read(config: unknown, files: Record<string, string> = {}, pub = 'web'): Publication {
  return readPublication(pub, { cwd: folderWith(config, files), rules: publicationRules });
}

/** The message of the refusal, line by line; fails if there is none, or if it is no usage error. */
export function refusal(act: () => unknown): string[] {
  try {
    act();
  } catch (error) {
    if (error instanceof ActionableError && error.status === 2) return error.message.split('\n');
    throw error;
  }
  throw new Error('expected a refusal, found none');
}

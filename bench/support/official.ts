import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

/** The settings of the accounts in which `configs/official.json` can be rehearsed. */
export const demoAccount: string = join(root, 'scripts/demo-account.json');

/** A folder with the shipped configs, to be removed by `remove`. */
export function officialFolder(): { folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'gopackgo-bench-'));
  cpSync(join(root, 'configs'), join(folder, 'configs'), {
    recursive: true,
    filter: (path) => !path.endsWith('local.json'),
  });
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }) };
}

export interface LoggedCall {
  operation: string;
  region: string;
  userAgent: string;
}

/** The calls in the log of a folder's sandbox that gopackgo itself made: not Packer's, nor those of the AMI tools on builders. */
export function ownCalls(folder: string): LoggedCall[] {
  const log = readFileSync(join(folder, '.gopackgo/sandbox/state/calls.ndjson'), 'utf8');
  const calls = log
    .trimEnd()
    .split('\n')
    .map((line): LoggedCall => JSON.parse(line));
  return calls.filter(
    ({ userAgent }) => userAgent.includes('aws-sdk-js') && !userAgent.includes('ec2-ami-tools'),
  );
}

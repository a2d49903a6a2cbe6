import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { kinderThanAws, parseBehaviour } from '../../sandbox/testing/internals.ts';

const page = readFileSync(new URL('../../docs/sandbox.md', import.meta.url), 'utf8');

test.each(kinderThanAws)(
  'docs/sandbox.md says where the sandbox is kinder than AWS: $row',
  ({ row, setting }) => {
    const [, differences = ''] = page.split('\n## Where it differs from AWS\n');
    expect(differences).toContain(`\n| ${row} | `);
    // And the setting exists: the reader of settings files knows it.
    const [key = '', value] = setting.startsWith('accounts')
      ? ['accounts', [{ quotas: { [setting.split('.').at(-1) ?? '']: 1 } }]]
      : [setting, {}];
    expect(() => parseBehaviour({ [key]: value })).not.toThrow();
  },
);

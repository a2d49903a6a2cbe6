import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { expect, it } from 'vitest';
import { type Consistency, type Sandbox, startSandbox } from '../../index.ts';
import { settingsSchemaText } from '../../model/settings/schema-file.ts';
import { callSandbox, connectSandbox } from '../../server/connect.ts';
import { parseBehaviour } from '../../server/settings-file.ts';
import { standIn, startWith, temporaryFolder } from './stand-in.ts';

it('accepts settings while it runs, and passes them on unchanged', async () => {
  const api = standIn();
  const sandbox = await startWith(api, { folder: temporaryFolder() });
  const settings = {
    speed: { image: 70 },
    consistency: { hiddenReads: 2, kinds: ['image'] },
    requestRates: 'off',
    accounts: [
      {
        region: 'eu-west-1',
        defaultVpc: false,
        allowedImages: { state: 'enabled', criteria: [{ ImageProviders: ['amazon'] }] },
        quotas: { 'L-0E3CBAB9': 10 },
      },
    ],
  };
  await callSandbox(sandbox.url, 'POST', '/_sandbox/settings', settings);
  expect(api.behaviours).toEqual([settings]);
});

it.each<[unknown, string[]]>([
  [
    { sped: 'quick' },
    ['settings: sped: expected one of the keys ', 'found an unknown key. Did you mean "speed"?'],
  ],
  [{ requestRates: 'on' }, ['settings: requestRates: expected one of "enforced", "off", found "on"']],
  [
    { accounts: [{ region: 'eu-west-1', defaultVPC: false }] },
    ['settings: accounts[0].defaultVPC: expected one of the keys ', 'Did you mean "defaultVpc"?'],
  ],
  [
    { accounts: [{ quotas: { 'L-1': 1 } }, { defaultVpc: 'no' }] },
    [
      'settings: accounts[0].quotas.L-1: expected ',
      '\nsettings: accounts[1].defaultVpc: expected true or false, found "no"',
    ],
  ],
  [
    { consistency: { hiddenReads: -1 } },
    ['settings: consistency.hiddenReads: expected a whole number from 0 to 1000000, found the number -1'],
  ],
  [{ speed: 'slow' }, ['settings: speed: expected "quick", "real" or seconds by kind', 'found "slow"']],
  [{ speed: { image: -1 } }, ['settings: speed.image: expected a number of seconds']],
  [
    { accounts: [{ region: 'eu-west-1', instanceProfiles: ['bundler'] }] },
    ['settings: accounts[0].instanceProfiles: expected a rule without "region", found one for eu-west-1. '],
  ],
  [
    { accounts: [{ instanceProfiles: ['a b'] }] },
    ['settings: accounts[0].instanceProfiles[0]: expected the name of an instance profile', 'found "a b"'],
  ],
  [{ accounts: [{ roles: [{}] }] }, ['settings: accounts[0].roles[0].name: expected the name of a role']],
  ['quick', ['settings: expected settings: an object in {}, found "quick"']],
])('refuses the settings %j', (settings, parts) => {
  for (const part of parts) expect(() => parseBehaviour(settings)).toThrow(part);
});

it('reports all errors of an object, but none for other possible shapes', () => {
  const settings = { speed: { image: 'long', copies: 1 } };
  expect(() => parseBehaviour(settings)).toThrow(/^settings: speed\..+\nsettings: speed\.[^\n]+$/);
});

it('ignores remarks', () => {
  const settings = { $schema: 'a.json', '//': 'why', accounts: [{ '//': 'why not', defaultVpc: true }] };
  expect(parseBehaviour(settings)).toEqual({
    accounts: [{ defaultVpc: true }],
  });
});

it('docs/sandbox-settings.schema.json matches its source; if not, run npm run schema', () => {
  const file = new URL('../../../docs/sandbox-settings.schema.json', import.meta.url);
  const text = readFileSync(file, 'utf8');
  expect(text).toBe(settingsSchemaText());
  const keywords = ['errorMessage', 'allowComments', 'allowTrailingCommas'];
  const isValid = new Ajv({ keywords }).compile(JSON.parse(text));
  expect(isValid({ speed: { image: 70 }, accounts: [{ region: 'eu-west-1', defaultVpc: false }] })).toBe(
    true,
  );
  expect(isValid({ accounts: [{ region: 'eu-west-9' }] })).toBe(false);
});

it.each<[string, Partial<Consistency>, number]>([
  ['no missed lookup', {}, 0],
  ['two lookups that miss new resources', { hiddenReads: 2 }, 2_000],
  [
    'two flaps of three missed lookups each, after one',
    { hiddenReads: 1, flaps: 2, missesPerFlap: 3 },
    7_000,
  ],
  ['misses for no kind of resource', { hiddenReads: 2, kinds: [] }, 0],
])('reports its consistency lag, a second for each missed lookup: with %s', async (_, consistency, lag) => {
  const sandbox = await startSandbox({ folder: temporaryFolder(), behaviour: { consistency } });
  try {
    expect(sandbox.consistencyLag).toBe(lag);
    expect(await connectSandbox(sandbox.url)).toMatchObject({ consistencyLag: lag });
    sandbox.settings.change({ consistency: { hiddenReads: 5, flaps: 0, kinds: ['image'] } });
    expect(sandbox.consistencyLag).toBe(5_000);
    expect(await connectSandbox(sandbox.url)).toMatchObject({ consistencyLag: 5_000 });
  } finally {
    await sandbox.close();
  }
});

it('uses the settings of its start, advances its clock, and names both accounts', async () => {
  const folder = temporaryFolder();
  const behaviour = { accounts: [{ region: 'eu-west-1', defaultVpc: false }] };
  const sandbox = await startSandbox({ folder, behaviour });
  try {
    const ask = (method: string, path: string, body?: unknown) =>
      callSandbox(sandbox.url, method, `/_sandbox/${path}`, body);
    expect(await ask('GET', 'settings')).toMatchObject({
      requestRates: 'enforced',
      accounts: [
        { account: '123456789012', region: 'eu-west-1', defaultVpc: false },
        { account: '210987654321', region: 'eu-west-1', defaultVpc: false },
      ],
    });
    const { now } = (await ask('POST', 'clock', { advance: 86_400 })) as { now: string };
    expect(new Date(now).getTime()).toBeGreaterThan(Date.now() + 86_000_000);
    await expect(ask('POST', 'clock', { advance: -1 })).rejects.toThrow('only moves forward');
    await expect(ask('POST', 'settings', { accounts: [{ region: 'eu-west-9' }] })).rejects.toThrow(
      /settings: accounts\[0\]\.region: expected a region .*, found "eu-west-9"/,
    );
    expect(await ask('GET', 'environment')).toMatchObject({
      accounts: [{ id: '123456789012' }, { id: '210987654321', accessKeyId: 'AKIASANDBOX000000002' }],
    });
  } finally {
    await sandbox.close();
  }
});

it('shows settings that can be posted unchanged with the same result', async () => {
  const sandbox = await startSandbox({ folder: temporaryFolder() });
  const ask = (method: string, body?: unknown) =>
    callSandbox(sandbox.url, method, '/_sandbox/settings', body) as Promise<{ now: string }>;
  try {
    await ask('POST', {
      speed: { image: 70 },
      consistency: { hiddenReads: 2, kinds: ['image'] },
      requestRates: 'off',
      accounts: [
        { account: '123456789012', instanceProfiles: ['bundler'], roles: [{ name: 'publisher' }] },
        { region: 'eu-west-1', defaultVpc: false, quotas: { 'L-0E3CBAB9': 10 } },
      ],
    });
    const { now: _, ...shown } = await ask('GET');
    expect(shown).toMatchObject({ speed: { image: 70 }, requestRates: 'off' });
    await callSandbox(sandbox.url, 'POST', '/_sandbox/reset');
    const { now: __, ...fresh } = await ask('GET');
    expect(fresh).not.toEqual(shown);
    const { now: ___, ...again } = await ask('POST', { ...shown, now: '2026-01-01T00:00:00.000Z' });
    expect(again).toEqual(shown);
  } finally {
    await sandbox.close();
  }
});

it('behaves as in its README', async () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const example = /^```ts settings\n([\s\S]*?)^```$/m.exec(readme)?.[1] ?? '';
  const AsyncFunction = Object.getPrototypeOf(async () => undefined).constructor;
  const run = new AsyncFunction('startSandbox', 'folder', `${example}; return sandbox;`);
  const sandbox: Sandbox = await run(startSandbox, temporaryFolder());
  try {
    expect(sandbox.settings.show()).toMatchObject({
      speed: { image: 60 },
      consistency: { hiddenReads: 2, kinds: ['image'] },
      accounts: [{ region: 'eu-west-1', defaultVpc: false }, { region: 'eu-west-1' }],
    });
    expect(sandbox.accounts.map(({ id }) => id)).toEqual([sandbox.account, '210987654321']);
  } finally {
    await sandbox.close();
  }
});

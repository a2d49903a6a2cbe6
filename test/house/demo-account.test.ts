import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parseBehaviour } from '../../sandbox/testing/internals.ts';
import { readPublication } from '../../src/config/read-publication.ts';
import { root } from './markdown.ts';

const { accounts = [] } = parseBehaviour(
  JSON.parse(readFileSync(new URL('../../scripts/demo-account.json', import.meta.url), 'utf8')),
);
const official = readPublication('official', { cwd: root });

it('the demo’s account is set up for official in exactly its regions', () => {
  const regional = accounts.filter(({ region }) => region !== undefined);
  expect(regional.map(({ region }) => region).sort()).toEqual(
    official.regions.map(({ name }) => name).sort(),
  );
  for (const rule of regional) {
    expect(rule).toMatchObject({ imageBlockPublicAccess: 'unblocked', quotas: { 'L-0E3CBAB9': 50 } });
  }
});

it('the demo’s account has the instance profiles that official names', () => {
  const named = official.images.flatMap(({ builder }) => builder.iam_instance_profile ?? []);
  expect(named).not.toEqual([]);
  expect(accounts.flatMap(({ instanceProfiles = [] }) => instanceProfiles)).toEqual([...new Set(named)]);
});

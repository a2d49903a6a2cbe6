import { expect, it } from 'vitest';
import type { Audience, PlannedTarget } from '../../src/model/events.ts';
import { intention, revokesLines, state } from '../../src/report/sharing.ts';
import { two } from './made-up.ts';

const unit = 'arn:aws:organizations::123456789012:ou/o-a1b2c3d4e5/ou-ab12-12345678';
const twelve = Array.from({ length: 12 }, (_, number) => String(111_111_111_100 + number));

it.each([
  [false, [], [], 'shared with nobody', 'shared with nobody'],
  [true, [], [], 'to make public', 'public'],
  [false, ['210987654321'], [], 'to share with 210987654321', 'shared with 210987654321'],
  [
    true,
    ['210987654321'],
    [unit],
    'to make public, and to share with 210987654321, ou-ab12-12345678',
    'public, and shared with 210987654321, ou-ab12-12345678',
  ],
  [
    false,
    twelve,
    [unit],
    'to share with 12 accounts and 1 organization or unit',
    'shared with 12 accounts and 1 organization or unit',
  ],
])('public %s, accounts %j, organizations %j: %s', (everybody, accounts, organizations, before, after) => {
  const audience = { public: everybody, accounts, organizations };
  expect(intention(audience)).toBe(before);
  expect(state(audience)).toBe(after);
});

it('promises no sharing while unselected targets are missing', () => {
  const audience = { public: true, accounts: ['210987654321'], organizations: [] };
  expect(intention({ ...audience, othersMissing: 1 })).toBe(
    'shared with nobody yet: 1 other target is missing',
  );
  expect(intention({ public: false, accounts: [], organizations: [], othersMissing: 2 })).toBe(
    'shared with nobody',
  );
});

it('says who loses access, once for all AMIs with the same loss', () => {
  const lost = (takenFrom?: Audience) =>
    ({ ...two.targets[0], ...(takenFrom ? { takenFrom } : {}) }) as PlannedTarget;
  const everybody = { public: true, accounts: ['210987654321'], organizations: [] };
  const one = { public: false, accounts: [], organizations: [unit] };
  expect(revokesLines({ targets: [lost(everybody), lost(one), lost(), lost(everybody)] })).toEqual([
    '  revokes     access to 2 AMIs from everybody and 210987654321',
    '  revokes     access to 1 AMI from ou-ab12-12345678',
  ]);
  expect(revokesLines(two)).toEqual([]);
});

import { expect, it } from 'vitest';
import { modeFor, wantsColor } from '../../src/report/output.ts';

it.each<[Record<string, string>, boolean, boolean]>([
  [{}, true, true],
  [{}, false, false],
  [{ NO_COLOR: '1' }, true, false],
  [{ NO_COLOR: '' }, true, true],
  [{ NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
  [{ FORCE_COLOR: '1' }, false, true],
  [{ FORCE_COLOR: '' }, false, true],
  [{ FORCE_COLOR: '0' }, true, false],
  [{ TERM: 'dumb' }, true, false],
])('colour with %j, terminal %s: %s', (environment, terminal, expected) => {
  expect(wantsColor(environment, terminal)).toBe(expected);
});

it.each<[Parameters<typeof modeFor>[0], Record<string, string>, boolean, string]>([
  [{}, {}, true, 'live'],
  [{}, {}, false, 'plain'],
  [{}, { CI: 'true' }, true, 'plain'],
  [{}, { CI: 'false' }, true, 'live'],
  [{}, { TERM: 'dumb' }, true, 'plain'],
  [{ debug: true }, {}, true, 'plain'],
  [{ quiet: true }, {}, true, 'quiet'],
  [{ json: true, quiet: true }, {}, true, 'json'],
])('mode for %j with %j, terminal %s: %s', (asked, environment, terminal, expected) => {
  expect(modeFor(asked, environment, terminal)).toBe(expected);
});

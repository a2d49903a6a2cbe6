import { expect, it } from 'vitest';
import { amiLooks, buildLimitOf, copyLimitOf, waitLimitOf } from '../../src/model/timeouts.ts';

const hour = 3_600_000;

it.each([
  [undefined, 3, 4, 540],
  [{ build: 8 * 3600 }, 8, 8, 540],
  [{ build: 3600 }, 1, 4, 540],
  [{ ami: 10 * 3600 }, 13, 13, 7200],
  [{ build: 8 * 3600, ami: 10 * 3600 }, 18, 18, 7200],
])(
  'with %j Packer may take %i h, a run waits %i h, and Packer polls the AMI %i times',
  (timeouts, build, wait, looks) => {
    expect([buildLimitOf(timeouts) / hour, waitLimitOf(timeouts) / hour, amiLooks(timeouts)]).toEqual([
      build,
      wait,
      looks,
    ]);
  },
);

it.each([
  [undefined, undefined, 4],
  [{ build: 8 * 3600 }, 30, 4],
  [undefined, 48 * 60, 48],
  [{ copy: 3600 }, undefined, 1],
  [{ copy: 3600 }, 48 * 60, 1],
])('with %j a run waits for a copy within %s minutes for %i h', (timeouts, within, hours) => {
  expect(copyLimitOf(timeouts, within) / hour).toBe(hours);
});

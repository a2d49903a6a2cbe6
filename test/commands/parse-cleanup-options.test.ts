import { describe, expect, it } from 'vitest';
import { advisedCommand } from '../../src/commands/advised-command.ts';
import {
  parseCleanupOptions as parse,
  parseDuration,
  type WrittenCleanup,
  withRetention,
} from '../../src/commands/parse-cleanup-options.ts';
import { ActionableError } from '../../src/lib/actionable-error.ts';

const written: WrittenCleanup = {
  only: [],
  except: [],
  leftovers: false,
  adopt: false,
  includingShared: false,
  usage: false,
  includingUsed: false,
};
const command = advisedCommand({ sandbox: true });
const parseCleanupOptions = (of: WrittenCleanup, named: string, release: string | undefined) =>
  parse(of, named, release, command);
const day = 24 * 60 * 60_000;

describe('the request of cleanup', () => {
  it('needs more than a publication: the three options are shown', () => {
    const error = (() => {
      try {
        return parseCleanupOptions(written, 'official', undefined);
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(ActionableError);
    expect(error).toMatchObject({ status: 2 });
    expect(String(error)).toMatch(
      /cleanup official@VERSION --sandbox .*\n.*cleanup official --sandbox --keep-last 3 --older-than 180d .*\n.*cleanup official --sandbox --leftovers /,
    );
  });

  it('for a named release covers all of it: the newest are not kept, and the whole family may be deleted', () => {
    const asked = parseCleanupOptions(written, 'official@2.6.3', 'official@2.6.3');
    expect(asked).toMatchObject({ keepLast: 0, maxShare: 1 });
    expect(asked.olderThan).toBeUndefined();
  });

  it('by age keeps the newest and half of a family by default', () => {
    expect(parseCleanupOptions({ ...written, olderThan: '26w' }, 'official', undefined)).toMatchObject({
      keepLast: 1,
      maxShare: 0.5,
      olderThan: 182 * day,
    });
    expect(
      parseCleanupOptions({ ...written, keepLast: '0', maxShare: '80%' }, 'official', undefined),
    ).toMatchObject({
      keepLast: 0,
      maxShare: 0.8,
      olderThan: 0,
    });
  });

  it.each([
    ['nothing', {}, undefined, { keepLast: 3, olderThan: 180 * day }],
    ['how many to keep', { keepLast: '5' }, undefined, { keepLast: 5, olderThan: 0 }],
    ['an age', { olderThan: '7d' }, undefined, { keepLast: 1, olderThan: 7 * day }],
    ['leftovers', { leftovers: true }, undefined, { keepLast: 0, olderThan: undefined }],
    ['a release', {}, 'official@2.6.3', { keepLast: 0, olderThan: undefined }],
  ])(
    "if the command chooses %s uses the config's retention only if that is nothing",
    (_, chosen, release, asked) => {
      const retention = { keepLast: 3, olderThan: '180d' };
      const filled = withRetention({ ...written, ...chosen }, release, retention);
      const { keepLast, olderThan } = parseCleanupOptions(filled, 'official', release);
      expect({ keepLast, olderThan }).toEqual(asked);
    },
  );

  it('for leftovers alone includes no AMI', () => {
    expect(
      parseCleanupOptions({ ...written, leftovers: true }, 'official', undefined).olderThan,
    ).toBeUndefined();
  });

  it.each([
    [
      { olderThan: '180' },
      undefined,
      /--older-than: expected a length of time .* such as 12h, 180d or 26w, found "180"/,
    ],
    [{ olderThan: '-1d' }, undefined, /--older-than/],
    [{ keepLast: '1.5' }, undefined, /--keep-last: expected a whole number, 0 or more, found "1.5"/],
    [{ keepLast: '' }, undefined, /--keep-last: .* found ""/],
    [{ keepLast: '1', maxDeletions: '' }, undefined, /--max-deletions/],
    [{ keepLast: '1', maxShare: '101%' }, undefined, /--max-share: .* found "101%"/],
    [{ keepLast: '1', maxDeletions: '-1' }, undefined, /--max-deletions/],
    [{ keepLast: '1', guardPeriod: 'a month' }, undefined, /--guard-period/],
    [{ leftovers: true, orphanAge: '1y' }, undefined, /--orphan-age/],
    [{ keepLast: '1', retireFor: 'a month' }, undefined, /--retire-for/],
    [{ keepLast: '1', includingUsed: true }, undefined, /--including-used: expected --usage beside it/],
    [{ olderThan: '1d' }, 'official@1.0.0', /--older-than: expected a publication/],
  ])('%j of %s is refused with its option', (changed, release, said) => {
    expect(() => parseCleanupOptions({ ...written, ...changed }, 'official', release)).toThrow(said);
  });
});

it.each([
  ['12h', 12 / 24],
  ['180d', 180],
  ['2w', 14],
  ['0d', 0],
])('--older-than %s is read as %d days', (text, days) => {
  expect(parseDuration('guard-period', text)).toBe(days * day);
});

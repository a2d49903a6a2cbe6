import { ActionableError } from '../lib/actionable-error.ts';
import { definedOnly } from '../lib/defined-only.ts';
import type { AdvisedCommand } from '../model/advised-command.ts';
import type { CleanupAsked } from '../model/events.ts';
import type { Retention } from '../model/publication.ts';

/** The options as they were written on the command line, not checked yet. */
export interface WrittenCleanup {
  only: string[];
  except: string[];
  keepLast?: string;
  olderThan?: string;
  retireFor?: string;
  leftovers: boolean;
  /** A day where absent. */
  orphanAge?: string;
  adopt: boolean;
  includingShared: boolean;
  usage: boolean;
  includingUsed: boolean;
  /** 50 where absent. */
  maxDeletions?: string;
  maxShare?: string;
  /** Thirty days where absent. */
  guardPeriod?: string;
}

/** The config's retention in place of options that choose AMIs, where the command has none of these. */
export function withRetention(
  written: WrittenCleanup,
  release: string | undefined,
  { keepLast, olderThan, retireFor }: Retention = {},
): WrittenCleanup {
  const chooses = [written.keepLast, written.olderThan, release].some((one) => one !== undefined);
  if (chooses || written.leftovers) return written;
  return { ...definedOnly({ keepLast: keepLast?.toString(), olderThan, retireFor }), ...written };
}

/**
 * Checks the options. For a release that is named all its AMIs are meant, so `--max-share` is 100 % then; where AMIs are
 * chosen by age it is 50 %, and the newest of a family is kept unless `--keep-last 0` is given.
 *
 * @param named how the command names the publication: `official`, `official@2.6.3`.
 * @throws ActionableError (2) where nothing is chosen, or a value cannot be read.
 */
export function parseCleanupOptions(
  written: WrittenCleanup,
  named: string,
  release: string | undefined,
  command: AdvisedCommand,
): CleanupAsked {
  const { keepLast, olderThan, retireFor, maxShare, leftovers } = written;
  const { guardPeriod = '30d', maxDeletions = '50', orphanAge = '24h' } = written;
  // "retireFor" alone says when AMIs are deleted, not which.
  const byAge = keepLast !== undefined || olderThan !== undefined;
  if (release === undefined && !byAge && !leftovers)
    throw new ActionableError('usage-error', nothingChosen(named, command));
  if (written.includingUsed && !written.usage) {
    throw new ActionableError('usage-error', {
      place: '--including-used',
      expected: '--usage beside it',
      found: 'none',
      advice: 'See gopackgo cleanup --help',
    });
  }
  if (release !== undefined && olderThan !== undefined) {
    throw new ActionableError('usage-error', {
      place: '--older-than',
      expected: 'a publication',
      found: `the release ${release}`,
      advice: 'Name the publication without a version, or leave out --older-than.',
    });
  }
  return {
    only: written.only,
    except: written.except,
    keepLast: keepLast === undefined ? (byAge ? 1 : 0) : wholeNumber('keep-last', keepLast),
    ...(byAge && release === undefined
      ? { olderThan: olderThan === undefined ? 0 : parseDuration('older-than', olderThan) }
      : {}),
    ...(retireFor === undefined ? {} : { retireFor: parseDuration('retire-for', retireFor) }),
    adopt: written.adopt,
    includingShared: written.includingShared,
    ...(written.usage ? { usage: true as const } : {}),
    ...(written.includingUsed ? { includingUsed: true as const } : {}),
    guardPeriod: parseDuration('guard-period', guardPeriod),
    maxDeletions: wholeNumber('max-deletions', maxDeletions),
    maxShare: maxShare === undefined ? (release === undefined ? 0.5 : 1) : parseShare('max-share', maxShare),
    leftovers,
    orphanAge: parseDuration('orphan-age', orphanAge),
  };
}

function nothingChosen(publication: string, command: AdvisedCommand): string {
  const ways: [command: string, does: string][] = [
    [command('cleanup', `${publication}@VERSION`), 'the AMIs of one release'],
    [command('cleanup', publication, '--keep-last', '3', '--older-than', '180d'), 'those of older releases'],
    [command('cleanup', publication, '--leftovers'), 'leftovers of failed or killed builds'],
  ];
  const width = Math.max(...ways.map(([way]) => way.length));
  return (
    `${publication}: expected what to delete, found only a publication. Choose one of these; each shows its plan first:\n` +
    `${ways.map(([way, does]) => `  ${way.padEnd(width)}   ${does}\n`).join('')}` +
    'Or put "retention" into the config, such as {"keepLast": 3, "olderThan": "180d"}: then the publication is enough.'
  );
}

const hour = 3_600_000;
const units: Record<string, number> = { h: hour, d: 24 * hour, w: 7 * 24 * hour };

/** `180d` in milliseconds. */
export function parseDuration(option: string, text: string): number {
  const [, number = '', unit = ''] = /^(\d{1,5})([hdw])$/.exec(text) ?? [];
  const length = units[unit];
  if (length !== undefined) return Number(number) * length;
  throw invalidValue(option, 'a length of time in hours, days or weeks, such as 12h, 180d or 26w', text);
}

/** `50` or `50%` as a part of one. */
function parseShare(option: string, text: string): number {
  const [, number] = /^(\d{1,3})\s?%?$/.exec(text) ?? [];
  const percent = number === undefined ? Number.NaN : Number(number);
  if (percent <= 100) return percent / 100;
  throw invalidValue(option, 'a share of a family from 0% to 100%', text);
}

function wholeNumber(option: string, text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw invalidValue(option, 'a whole number, 0 or more', text);
}

const invalidValue = (option: string, expected: string, text: string) =>
  new ActionableError('usage-error', { place: `--${option}`, expected, found: JSON.stringify(text) });

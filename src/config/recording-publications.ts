import { readdirSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { ActionableError } from '../lib/actionable-error.ts';
import { definedOnly } from '../lib/defined-only.ts';
import { errorCode } from '../lib/error-code.ts';
import { isObject } from '../lib/is-object.ts';
import { located } from '../lib/origins.ts';
import { describeValue, type Problem, placeOf } from '../lib/problem.ts';
import { type RecordSettings, recordFormats } from '../model/publication.ts';
import { type ConfigFile, readConfigFile, whyUnread } from './config-file.ts';
import { mergeExtended } from './extends.ts';
import { folderOfPublications, notPublications } from './find-publication.ts';

export type RecordedFile = Pick<RecordSettings, 'file' | 'as'>;

/**
 * The files that any publication in `configs/` records its AMIs to, for releases and for candidates, each once. The files that
 * a config extends are read with it; nothing else of a config has to be valid. Paths start in `cwd`.
 *
 * @throws ActionableError (4) that names every config that cannot be read for this: an AMI that it records might be deleted.
 */
export function recordedFiles(cwd: string): RecordedFile[] {
  const read = configsIn(cwd).map((name) => recordsOf(cwd, `${folderOfPublications}/${name}`));
  const problems = read.flatMap((one) => one.problems);
  if (problems.length > 0) {
    throw new ActionableError('recorded-ids-unknown', problems, {
      after:
        'Nothing was deleted: gopackgo has to know first which AMIs are recorded. Fix it, or move it away.',
    });
  }
  const all = read.flatMap(({ records }) => records).map(({ file, as }) => ({ file: normalize(file), as }));
  return [...new Map(all.map((one) => [`${one.file} ${one.as}`, one])).values()];
}

function configsIn(cwd: string): string[] {
  try {
    return readdirSync(join(cwd, folderOfPublications))
      .filter((name) => name.endsWith('.json') && !notPublications.includes(name.slice(0, -'.json'.length)))
      .sort();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw new ActionableError('recorded-ids-unknown', {
      place: folderOfPublications,
      expected: 'the folder of publications',
      found: `one that cannot be read: ${String(error)}`,
    });
  }
}

interface Records {
  records: RecordedFile[];
  problems: Problem[];
}

function recordsOf(cwd: string, file: string): Records {
  let config: ConfigFile;
  try {
    config = readConfigFile(join(cwd, file));
  } catch (error) {
    return { records: [], problems: [{ place: file, expected: 'a publication', found: whyUnread(error) }] };
  }
  const { value, origins, problems } = mergeExtended({ file, ...config });
  if (problems.length > 0) return { records: [], problems };
  const where = { file, ...definedOnly({ origins }) };
  const refused = (wrong: Problem[]): Records => ({
    records: [],
    problems: wrong.map((one) => ({ ...one, place: located(where, one.place) })),
  });
  if (!isObject(value)) {
    return refused([{ place: '', expected: 'a publication, an object', found: describeValue(value) }]);
  }
  const candidates = value.candidates ?? {};
  if (!isObject(candidates)) {
    return refused([{ place: 'candidates', expected: 'an object', found: describeValue(candidates) }]);
  }
  const named: [place: (string | number)[], record: unknown][] = [
    [['record'], value.record],
    [['candidates', 'record'], candidates.record],
  ];
  const read = named.map(([place, record]) => filesIn(record, place));
  const wrong = read.flatMap((one) => one.problems);
  return wrong.length > 0 ? refused(wrong) : { records: read.flatMap((one) => one.records), problems: [] };
}

/** The files of a record in either form: the path of a file, or a list. */
function filesIn(record: unknown, place: readonly (string | number)[]): Records {
  const refused = (at: readonly (string | number)[], found: unknown, expected = 'the path of a file') => ({
    records: [],
    problems: [{ place: placeOf(at), expected, found: describeValue(found) }],
  });
  if (record === undefined) return { records: [], problems: [] };
  if (typeof record === 'string') return { records: [{ file: record, as: 'ids' }], problems: [] };
  if (!Array.isArray(record)) return refused(place, record, 'the path of a file, or a list of files');
  const read = record.map((one: unknown, index): Records => {
    if (!isObject(one)) return refused([...place, index], one, 'an object with "file"');
    const { file, as = 'ids' } = one;
    if (typeof file !== 'string') return refused([...place, index, 'file'], file);
    const format = recordFormats.find((name) => name === as);
    if (format === undefined) return refused([...place, index, 'as'], as, recordFormats.join(' or '));
    return { records: [{ file, as: format }], problems: [] };
  });
  return {
    records: read.flatMap(({ records }) => records),
    problems: read.flatMap(({ problems }) => problems),
  };
}

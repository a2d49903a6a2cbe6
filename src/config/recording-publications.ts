import { readdirSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { ActionableError } from '../lib/actionable-error.ts';
import { definedOnly } from '../lib/defined-only.ts';
import { errorCode } from '../lib/error-code.ts';
import { isObject } from '../lib/is-object.ts';
import { located } from '../lib/origins.ts';
import { describeValue, type Problem, placeOf } from '../lib/problem.ts';
import { type ConfigFile, readConfigFile, whyUnread } from './config-file.ts';
import { mergeExtended } from './extends.ts';
import { folderOfPublications, notPublications } from './find-publication.ts';

/**
 * The files that any publication in `configs/` records the ids of its AMIs to, of releases and of candidates, each once. What
 * a config extends is read with it. Nothing else of a config has to be valid. Paths start in `cwd`.
 *
 * @throws ActionableError (4) that names every config that cannot be read for this: an AMI that it records might be deleted.
 */
export function recordedFiles(cwd: string): string[] {
  const read = configsIn(cwd).map((name) => recordsOf(cwd, `${folderOfPublications}/${name}`));
  const problems = read.flatMap((one) => one.problems);
  if (problems.length > 0) {
    throw new ActionableError('recorded-ids-unknown', problems, {
      after: 'Nothing was deleted: which AMIs are recorded has to be known first. Fix it, or move it away.',
    });
  }
  return [...new Set(read.flatMap(({ records }) => records.map((record) => normalize(record))))].sort();
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
  records: string[];
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
  const wrong = named.filter(([, record]) => record !== undefined && typeof record !== 'string');
  if (wrong.length > 0) {
    return refused(
      wrong.map(([place, record]) => ({
        place: placeOf(place),
        expected: 'the path of a file',
        found: describeValue(record),
      })),
    );
  }
  return {
    records: named.flatMap(([, record]) => (typeof record === 'string' ? [record] : [])),
    problems: [],
  };
}

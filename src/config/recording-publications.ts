import { readdirSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { ActionableError } from '../lib/actionable-error.ts';
import { errorCode } from '../lib/error-code.ts';
import { isObject } from '../lib/is-object.ts';
import { describeValue, inFile, type Problem, placeOf } from '../lib/problem.ts';
import { NotReadable, readBounded } from '../lib/read-bounded.ts';
import { folderOfPublications, notPublications } from './find-publication.ts';
import { readText } from './parse-json.ts';

/**
 * The files that any publication in `configs/` records the ids of its AMIs to, of releases and of candidates, each once.
 * Nothing else of a config has to be valid. Paths start in `cwd`.
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
  const refused = (problems: Problem[]): Records => ({
    records: [],
    problems: problems.map(inFile(file)),
  });
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(readBounded(join(cwd, file)));
  } catch (error) {
    const code = errorCode(error) ?? 'unknown error';
    const found = error instanceof NotReadable ? error.found : `a file that cannot be read (${code})`;
    return refused([{ place: '', expected: 'a publication', found }]);
  }
  const { value, problems } = readText(text);
  if (problems.length > 0) return refused(problems);
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

import { isAbsolute, sep } from 'node:path';
import { placeholdersIn } from '../../lib/placeholders.ts';
import { placeOf } from '../../lib/problem.ts';
import type { RecordFormatName, RecordSettings } from '../../model/publication.ts';
import type { Rule } from './rule.ts';

/** File name endings by format; Terraform recognizes its files by them. */
const endings: Record<RecordFormatName, string> = {
  ids: '.json',
  terraform: '.tfvars.json',
  cloudformation: '.json',
  json: '.json',
  markdown: '.md',
};

/** A publication records within its project, not where records are thrown away, and only once to each file. */
export const recordPath: Rule = ({ record = [] }) => {
  const [first] = record;
  if (first === undefined) return [];
  const alone = record.length === 1 && first.as === 'ids';
  return record.flatMap((settings, index) => {
    const place = alone ? 'record' : placeOf(['record', index, 'file']);
    const { expected, found } = wrongFile(settings, record.slice(0, index)) ?? wrongName(settings) ?? {};
    if (expected === undefined || found === undefined) return [];
    return [{ place, expected, found: `${found}: ${JSON.stringify(settings.file)}` }];
  });
};

function wrongFile(
  { file, as }: RecordSettings,
  earlier: readonly RecordSettings[],
): { expected: string; found: string } | undefined {
  const [first] = file.split(sep);
  const within = 'a path within the working folder, such as "ami_ids.json"';
  if (isAbsolute(file)) return { expected: within, found: 'an absolute one' };
  if (first === '..') return { expected: within, found: 'one that leads out of it' };
  if (first === '.gopackgo') {
    return { expected: within, found: 'one in .gopackgo, which may be deleted at any time' };
  }
  if (placeholdersIn(file).length > 0) {
    return { expected: 'a path without placeholders, which are not filled in here', found: 'one with some' };
  }
  const ending = endings[as];
  if (!file.endsWith(ending)) return { expected: `a file that ends in ${ending}`, found: 'another one' };
  if (earlier.some((one) => one.file === file)) return { expected: 'each file once', found: 'a second time' };
  return undefined;
}

function wrongName({ as, name }: RecordSettings): { expected: string; found: string } | undefined {
  if (name === undefined) return undefined;
  if (as !== 'terraform' && as !== 'cloudformation') {
    return { expected: '"name" only for "terraform" and "cloudformation"', found: `"name" for "${as}"` };
  }
  if (as === 'cloudformation' && !/^[A-Za-z0-9]+$/.test(name)) {
    return { expected: 'a mapping name of only letters and digits', found: JSON.stringify(name) };
  }
  return undefined;
}

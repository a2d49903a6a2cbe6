import { placeholdersIn } from '../../lib/placeholders.ts';
import type { Problem } from '../../lib/problem.ts';
import type { Rule } from './rule.ts';

const known = ['version', 'publication'];

/** A release has a unique tag, with a name that git accepts ("git check-ref-format"). */
export const gitTags: Rule = ({ git }) =>
  Object.entries(git?.patterns ?? {}).flatMap(([key, pattern]): Problem[] => {
    const place = `git.${key}`;
    const found = JSON.stringify(pattern);
    const named = placeholdersIn(pattern);
    const unknown = named.filter((name) => !known.includes(name));
    if (unknown.length > 0) {
      const expected = `one of ${known.map((name) => `{${name}}`).join(', ')}`;
      return unknown.map((name) => ({ place, expected, found: `{${name}}` }));
    }
    if (!named.includes('version')) {
      return [{ place, expected: '{version} in the name of the tag, since each release has its own', found }];
    }
    const example = pattern.replaceAll(/\{\w+\}/g, '1');
    if (isRefName(example)) return [];
    return [{ place, expected: 'a tag name that git accepts (git help check-ref-format)', found }];
  });

function isRefName(name: string): boolean {
  const parts = name.split('/');
  const isPart = (part: string) => part !== '' && !part.startsWith('.') && !part.endsWith('.lock');
  return (
    parts.every(isPart) &&
    !/^-|\.\.|@\{|\.$/.test(name) &&
    name !== '@' &&
    // biome-ignore lint/suspicious/noControlCharactersInRegex: git refuses them.
    !/[\u0000-\u0020\u007f~^:?*[\\]/.test(name)
  );
}

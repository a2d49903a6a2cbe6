import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { isObject } from '../lib/is-object.ts';
import { mergeExtended } from './extends.ts';
import { findPublication } from './find-publication.ts';

/**
 * `official@release/2.6.4` → `official@2.6.4`, if "git" in the config names tags like that; a leading `refs/tags/`, as CI
 * systems write it, is accepted. Anything else stays unchanged.
 */
export function withVersionOfTag(text: string, cwd: string): string {
  const [, publication, written] = /^([^@]+)@(.+)$/s.exec(text) ?? [];
  if (publication === undefined || written === undefined || written.endsWith('.json')) return text;
  const isPath = publication.endsWith('.json');
  if ((!isPath && /[/\\]/.test(publication)) || existsSync(resolve(cwd, text))) return text;
  const tag = written.replace(/^refs\/tags\//, '');
  for (const pattern of patternsOf({ publication, isPath }, cwd)) {
    const version = versionIn(tag, pattern, publication);
    if (version !== undefined) return `${publication}@${version}`;
  }
  return text;
}

/** None for a config that cannot be read; the next reader reports why. */
function patternsOf(named: { publication: string; isPath: boolean }, cwd: string): string[] {
  try {
    const { value } = mergeExtended(findPublication(named, cwd));
    const git = isObject(value) ? value.git : undefined;
    if (!isObject(git)) return [];
    return [git.tag, git.candidateTag].filter((pattern) => typeof pattern === 'string');
  } catch {
    return [];
  }
}

/** `release/2.6.4` and `release/{version}` → `2.6.4` Pure. */
function versionIn(tag: string, pattern: string, publication: string): string | undefined {
  const name = publication.replace(/^.*\//, '').replace(/\.json$/, '');
  const source = pattern
    .replaceAll('{publication}', name)
    .split('{version}')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const [before = '', ...rest] = source;
  const again = rest.slice(1).map((part) => `\\k<version>${part}`);
  return new RegExp(`^${before}(?<version>[^/]+)${rest[0] ?? ''}${again.join('')}$`).exec(tag)?.groups
    ?.version;
}

import { ActionableError } from '../lib/actionable-error.ts';
import { plainName } from './schema-parts.ts';

/** A person's name for a publication: `test-ebs`, `test-ebs@1.2.0`, `shared/web.json@1.2.0`. */
export interface PublicationName {
  /** A name in `configs/`, or a path. */
  publication: string;
  isPath: boolean;
  /** Replaces the version in the config. */
  version?: string;
}

/**
 * Parses a publication's name. It is a path if it contains a "/" or ends in `.json`; a version follows the last "@", unless
 * that is part of the path (`me@work/web.json`, `web@2.json`).
 *
 * @throws ActionableError (2) for an empty name, and for a version that tags and folder names cannot contain.
 */
export function parsePublicationName(text: string): PublicationName {
  const [, before, after] = /^(.*)@([^/\\]*)$/s.exec(text) ?? [];
  const hasVersion = before !== undefined && after !== undefined && !after.endsWith('.json');
  const publication = hasVersion ? before : text;
  if (publication.trim() === '') {
    throw new ActionableError('usage-error', {
      place: 'PUBLICATION',
      expected: 'the name of a publication or the path of its file, such as test-ebs',
      found: 'nothing',
    });
  }
  const isPath = /[/\\]|\.json$/.test(publication);
  const [, name, slashed] = /^([^/\\@]+)@(\d[^/\\]*[/\\].*)$/s.exec(text) ?? [];
  if (name !== undefined && slashed !== undefined && !text.endsWith('.json'))
    throw invalidVersion(name, slashed);
  if (!hasVersion) return { publication, isPath };
  if (!new RegExp(plainName).test(after) || after.includes('..')) throw invalidVersion(publication, after);
  return { publication, isPath, version: after };
}

const invalidVersion = (publication: string, version: string) =>
  new ActionableError('usage-error', {
    place: `${publication}@`,
    expected: 'a version of at most 60 letters, digits, "-", "_" and single ".", a letter or digit first',
    found: JSON.stringify(version),
  });

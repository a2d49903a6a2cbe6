import { ActionableError } from '../lib/actionable-error.ts';
import type { Json } from '../model/publication.ts';

/**
 * In HCL's JSON syntax every string is a template, object keys included: the sign of `${` and `%{` has to be doubled to be
 * literal (HCL's "JSON Native Syntax Specification"; round trips measured on Packer 1.6.6 and 1.16.0). `${build.…}` and
 * `${source.…}`, `${path.root}` and `${path.cwd}` stay Packer's: no shell uses them, since a variable's name has no dot. To write
 * one literally: `$${build.…}`.
 */
const templateSequence = /\$(?=\{(?!(?:build|source)\.|path\.(?:root|cwd)\}))|%(?=\{)/g;

/**
 * The config's folder, where Packer runs: to Packer `path.root` is the template's, which is ours
 * (https://developer.hashicorp.com/packer/docs/templates/hcl_templates/path-variables).
 */
const ofTemplate = /(?<!\$)((?:\$\$)*)\$\{path\.root\}/g;

/**
 * `value` escaped so that Packer reads it as written, with sorted keys. `place` says where it came from:
 * `us-east-1-2204-hvm: provisioners[0]`.
 *
 * @throws ActionableError on text that HCL would silently change.
 */
export function escapeTemplates(value: Json, place: string): Json {
  if (typeof value === 'string') return escapeText(value, place);
  if (Array.isArray(value)) return value.map((item, index) => escapeTemplates(item, `${place}[${index}]`));
  if (value === null || typeof value !== 'object') return value;
  return escapeOptions(value, place);
}

/** The same for the options of a block. */
export function escapeOptions(options: Record<string, Json>, place: string): Record<string, Json> {
  const entries = Object.entries(options).map(([key, value]): [string, Json] => {
    const name = `${place}.${key}`;
    return [escapeText(key, name), escapeTemplates(value, name)];
  });
  return sortKeys(Object.fromEntries(entries));
}

/** By code unit, independent of the locale. */
export function sortKeys<T>(record: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

function escapeText(text: string, place: string): string {
  if (!text.isWellFormed() || text !== text.normalize('NFC')) {
    throw new ActionableError('config-invalid', {
      place,
      expected: "text in Unicode's composed form (NFC)",
      found: 'text that Packer would change',
      advice: 'Write it in composed form, or keep it in a file that a provisioner uploads.',
    });
  }
  return text.replace(templateSequence, (sign) => sign + sign).replace(ofTemplate, '$1$${path.cwd}');
}

import { createHash } from 'node:crypto';
import { isObject } from '../lib/is-object.ts';
import type { Json } from './publication.ts';
import type { Target } from './release-plan.ts';
import { tagKeys } from './resource-names.ts';

/**
 * The parts of a recipe, each with a digest of eight hexadecimal digits: `builder.instance_type`, `provisioners[0].inline`,
 * `file provision/hello.sh`, `base image`, `base`. They tell what changed; the recipe's hash alone decides whether anything
 * did.
 */
export type Parts = Readonly<Record<string, string>>;

/** A difference between two recipes; old and new value if they are known and short. */
export interface PartChange {
  part: string;
  was?: string;
  now?: string;
}

/** Digits of a digest in the tag: 51 of them fit in a tag's 256 characters, after the letter for their grouping. */
const digits = 5;
const mostInTag = 51;

/** From each part on its own to all provisioners, files and builder options together. */
const groupings: Readonly<Record<string, (part: string) => string>> = {
  a: (part) => part,
  b: (part) => part.replace(/^(provisioners\[\d+\]).*/, '$1').replace(/^(file|input) .*/, '$1s'),
  c: (part) => part.replace(/^(provisioners|builder|file|input).*/, '$1'),
};

export const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8);

function grouped(parts: Parts, grouping: string): Map<string, string> {
  const group = groupings[grouping] ?? String;
  const groups = Map.groupBy(Object.entries(parts).sort(), ([part]) => group(part));
  return new Map(
    [...groups].map(([name, members]) => [
      name,
      grouping === 'a'
        ? (members[0]?.[1] ?? '')
        : digestOf(members.map((member) => member.join('=')).join('\n')),
    ]),
  );
}

/** The value of the tag `gopackgo:parts`: the digests, without the names. */
export function partsTag(parts: Parts): string {
  const [grouping = 'c', groups] = Object.keys(groupings)
    .map((name) => [name, grouped(parts, name)] as const)
    .find(([, found]) => found.size <= mostInTag) ?? ['c', new Map<string, string>()];
  return grouping + [...groups.values()].map((digest) => digest.slice(0, digits)).join('');
}

/** The tag for an AMI of this target, so that any machine can tell what has changed since. None for a target without parts. */
export const partsTags = ({ parts }: Pick<Target, 'parts'>): Record<string, string> =>
  parts === undefined ? {} : { [tagKeys.parts]: partsTag(parts) };

/** The differences from the recipe whose digests are in the tag; none if unknown. The tag does not contain old values. */
export function changesByTag(parts: Parts, tag: string | undefined): PartChange[] {
  const [, grouping = '', all = ''] = /^([abc])([0-9a-f]*)$/.exec(tag ?? '') ?? [];
  if (grouping === '' || all.length % digits !== 0) return [];
  const old = new Set(all.match(new RegExp(`.{${digits}}`, 'g')) ?? []);
  const now = [...grouped(parts, grouping)].map(([part, digest]) => ({
    part,
    digest: digest.slice(0, digits),
  }));
  const changed = now.filter(({ digest }) => !old.has(digest)).map(({ part }) => ({ part }));
  const gone = [...old].filter((digest) => now.every((one) => one.digest !== digest)).length;
  return gone > changed.length ? [...changed, { part: 'a part that is gone' }] : changed;
}

type Made = Pick<Target, 'parts' | 'packer' | 'base'>;

/** The differences between two plans of a target, with old and new values; none if one of them has no parts. */
export function changesBetween(then: Made, now: Made): PartChange[] {
  const [old, is] = [then.parts, now.parts];
  if (!old || !is) return [];
  return [...new Set([...Object.keys(old), ...Object.keys(is)])]
    .filter((part) => old[part] !== is[part])
    .flatMap((part) => changesOf(part, then, now));
}

const longest = 80;
const placesAtMost = 3;

/** The change of a part; if its values are too long to read, the few places in them that differ. */
function changesOf(part: string, then: Made, now: Made): PartChange[] {
  const [was, is] = [then, now].map((made) =>
    made.parts?.[part] === undefined ? undefined : json(optionIn(made, part)),
  );
  const whole = [{ part, ...valueIn(then, part, 'was'), ...valueIn(now, part, 'now') }];
  if (was === undefined || is === undefined || (was.length <= longest && is.length <= longest)) return whole;
  const places = differences(part, optionIn(then, part), optionIn(now, part));
  return places.length > placesAtMost ? whole : places;
}

/** The innermost places in which two values differ. A list of another length differs as a whole. */
function differences(part: string, was: Json | undefined, now: Json | undefined): PartChange[] {
  if (json(was) === json(now)) return [];
  if (Array.isArray(was) && Array.isArray(now) && was.length === now.length)
    return now.flatMap((item, index) => differences(`${part}[${index}]`, was[index], item));
  if (isObject(was) && isObject(now)) {
    const keys = [...new Set([...Object.keys(was), ...Object.keys(now)])];
    return keys.flatMap((key) => differences(`${part}.${key}`, was[key], now[key]));
  }
  return [{ part, ...shortValue(json(was), 'was'), ...shortValue(json(now), 'now') }];
}

/** The value of a part as JSON, if it has one that is short enough to read; for a file its digest. */
function valueIn(made: Made, part: string, as: 'was' | 'now'): { was?: string; now?: string } {
  return made.parts?.[part] === undefined ? {} : shortValue(textOf(made, part), as);
}

const shortValue = (text: string | undefined, as: 'was' | 'now'): { was?: string; now?: string } =>
  text === undefined || text.length > longest ? {} : { [as]: text };

function textOf(made: Made, part: string): string | undefined {
  const { parts = {}, base } = made;
  if (part === 'base image') return `${base.owner}/${base.name}`;
  if (part === 'base') return base.asked;
  if (/^(file|input) /.test(part)) return parts[part];
  const option = optionIn(made, part);
  return /^provisioners\[\d+\]\.type$/.test(part) && typeof option === 'string' ? option : json(option);
}

/** The value of a builder's or a provisioner's option; undefined for any other part. */
function optionIn({ packer }: Made, part: string): Json | undefined {
  const [, option] = /^builder\.(.*)$/.exec(part) ?? [];
  if (option !== undefined) return packer.options[option];
  const [, index, own = ''] = /^provisioners\[(\d+)\]\.(.*)$/.exec(part) ?? [];
  const provisioner = index === undefined ? undefined : packer.provisioners[Number(index)];
  return own === 'type' ? provisioner?.type : provisioner?.options[own];
}

const json = (value: Json | undefined): string | undefined =>
  value === undefined ? undefined : JSON.stringify(value);

const listedAtMost = 8;

/** `builder.instance_type (was "t3.micro", is "t3.small"), file provision/hello.sh`; only the first ones if there are many. */
export function describeChanges(changes: readonly PartChange[]): string {
  const said = changes.map(({ part, was, now }) => {
    const values = [
      ...(was === undefined ? [] : [`was ${was}`]),
      ...(now === undefined ? [] : [`is ${now}`]),
    ];
    return /^(file|input) /.test(part) || values.length === 0 ? part : `${part} (${values.join(', ')})`;
  });
  const more = said.length - listedAtMost;
  return [...said.slice(0, listedAtMost), ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

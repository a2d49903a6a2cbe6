import type { StoredParameter } from '../aws/stored-parameters.ts';
import { definedOnly } from '../lib/defined-only.ts';
import type { Ami } from '../model/ami.ts';
import type { ParameterSeen } from '../model/events.ts';
import type { Lookup, LookupError } from '../model/lookup.ts';
import { describeLookupError } from '../model/lookup.ts';
import { tagKeys } from '../model/resource-names.ts';

/** A parameter for the AMI of a target. */
export interface WantedParameter {
  name: string;
  region: string;
  target: string;
  /** Whether the target's region is required, not best-effort. */
  required: boolean;
  /** Whether it follows the newest release, that is, its name has no version. */
  newest: boolean;
  /** Absent until it is built. */
  ami?: Pick<Ami, 'id' | 'created'>;
  /**
   * For a parameter that follows a release: whether it should follow this one. Absent: it does, unless the AMI it names is
   * newer.
   */
  follows?: { is: 'promoted' } | { is: 'kept'; why: string } | { is: 'unknown'; error: LookupError };
}

/** A parameter as it was found, with the facts that decide who it belongs to. */
export interface FoundParameter extends StoredParameter {
  tags: Lookup<Record<string, string>>;
  /** The AMI that it names; undefined if there is no such AMI. Absent if that was not looked up. */
  names?: Lookup<Ami | undefined>;
}

export interface Release {
  publication: string;
  release: string;
}

/** `differs` may be overwritten, `taken` may not. */
export type ParameterStatus = Pick<ParameterSeen, 'state' | 'value' | 'why'> & {
  error?: LookupError;
};

/** The tags of our parameters: the release and the target that wrote them. */
export const parameterTags = (
  { release }: Pick<Release, 'release'>,
  { target, newest }: Pick<WantedParameter, 'target' | 'newest'>,
): Record<string, string> => ({
  [tagKeys.release]: release,
  [tagKeys.target]: target,
  [tagKeys.parameter]: newest ? 'newest' : 'version',
});

/** Whether a release in a tag is one of this publication's. */
const isOfPublication = (tags: Readonly<Record<string, string>>, publication: string): boolean =>
  tags[tagKeys.release]?.startsWith(`${publication}@`) === true;

/**
 * Decides what to do about a parameter. It is ours if its tags say so and it names an AMI of this publication, or one that is
 * gone. One that follows a release is kept if another release was promoted or, if none was, if the AMI it names is newer than
 * ours. Pure.
 *
 * @param takeOver whether parameters that are not ours may be overwritten.
 */
export function parameterStatus(
  wanted: Pick<WantedParameter, 'target' | 'newest' | 'ami' | 'follows'>,
  found: Lookup<FoundParameter | undefined>,
  of: Release,
  takeOver: boolean,
): ParameterStatus {
  if (!found.ok) return unknown(found.error);
  const parameter = found.value;
  const { follows } = wanted;
  if (follows?.is === 'unknown') return unknown(follows.error);
  if (follows?.is === 'kept' && parameter?.value !== wanted.ami?.id) {
    return { state: 'kept', why: follows.why, ...definedOnly({ value: parameter?.value }) };
  }
  if (parameter === undefined) return { state: 'absent' };
  const { value, type, dataType, tags, names } = parameter;
  if (!tags.ok) return unknown(tags.error);
  const ours = isOfPublication(tags.value, of.publication);
  const isRight = wanted.ami !== undefined && value === wanted.ami.id;
  if (type !== 'String') {
    return { state: 'taken', why: `it is a ${type}, and a parameter's type cannot be changed` };
  }
  if (isRight && !ours && !takeOver) return { state: 'current', value };
  const taken = (why: string): ParameterStatus =>
    takeOver ? { state: isRight ? 'tags' : 'differs', value, why } : { state: 'taken', value, why };
  if (!ours) return taken(whoseWords(tags.value));
  if (isRight) {
    if (dataType !== 'aws:ec2:image') return { state: 'differs', value, why: `its data type is ${dataType}` };
    const expected = Object.entries(parameterTags(of, wanted));
    return expected.every(([key, tag]) => tags.value[key] === tag)
      ? { state: 'current', value }
      : { state: 'tags', value, why: `it has the tags of ${tags.value[tagKeys.release]}` };
  }
  if (names === undefined) return taken('it names no AMI');
  if (!names.ok) return unknown(names.error);
  const ami = names.value;
  if (ami === undefined) return { state: 'differs', value, why: 'the AMI that it names is gone' };
  if (!isOfPublication(ami.tags, of.publication)) {
    return taken('it has our tags, but names an AMI that is not of this publication');
  }
  const its = ami.tags[tagKeys.release];
  const mayFollow = follows?.is === 'promoted' || !wanted.newest || its === of.release;
  if (!mayFollow && wanted.ami && isNewer(ami, wanted.ami)) {
    return { state: 'newer', value, why: `it names ${its}, which was made later` };
  }
  return { state: 'differs', value, why: `it names ${its}` };
}

const isNewer = (one: Pick<Ami, 'created'>, other: Pick<Ami, 'created'>): boolean =>
  Date.parse(one.created) > Date.parse(other.created);

function whoseWords(tags: Readonly<Record<string, string>>): string {
  const release = tags[tagKeys.release];
  return release === undefined ? 'it has no gopackgo tags' : `it has the tags of ${release}`;
}

const unknown = (error: LookupError): ParameterStatus => ({
  state: 'unknown',
  why: describeLookupError(error),
  error,
});

import type { Ami } from './ami.ts';
import { tagKeys } from './resource-names.ts';

/**
 * Whether publish made this copy. Another account's user may have made a copy with all tags of its source (CopyImage,
 * `CopyImageTags`), but not from the AMI that the tag names. Pure.
 */
export const isOwnCopy = ({ copyOf, tags }: Pick<Ami, 'copyOf' | 'tags'>): boolean =>
  copyOf !== undefined && tags[tagKeys.source] === copyOf;

/** Whether nothing suggests that someone else made it: it was built, or is publish's own copy. Pure. */
export const isBuiltOrOwnCopy = (ami: Pick<Ami, 'copyOf' | 'tags'>): boolean =>
  ami.copyOf === undefined || isOwnCopy(ami);

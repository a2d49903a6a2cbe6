import type { Ami } from './ami.ts';
import { tagKeys } from './resource-names.ts';

/**
 * Whether publish made this copy. A copy by somebody else may have taken over all tags of its source (CopyImage, `CopyImageTags`),
 * but was not copied from the AMI that the tag names. Pure.
 */
export const isOwnCopy = ({ copyOf, tags }: Pick<Ami, 'copyOf' | 'tags'>): boolean =>
  copyOf !== undefined && tags[tagKeys.source] === copyOf;

/** Whether nothing shows that somebody else made it: it was built, or is a copy of publish's own. Pure. */
export const isBuiltOrOwnCopy = (ami: Pick<Ami, 'copyOf' | 'tags'>): boolean =>
  ami.copyOf === undefined || isOwnCopy(ami);

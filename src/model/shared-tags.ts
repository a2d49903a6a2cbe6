type Tags = Readonly<Record<string, string>>;

/**
 * The prefix of tag keys that EC2 shows to every account that may use an AMI, and to everybody if it is public ("Share an AMI
 * with specific AWS accounts", Amazon EC2 User Guide). Only the owner can set them, and they count among the 50 tags of the
 * AMI.
 */
const prefix = 'ec2:SharedTag/';

/** The shared tags that "sharedTags" of a config has written. */
export const sharedTagKeys = {
  release: `${prefix}release`,
  /** The git commit that it was built from, if the AMI has it as a tag. */
  revision: `${prefix}revision`,
  /** The status of its release: one of `lifecycleWords`. */
  lifecycle: `${prefix}lifecycle`,
  /** The release that is promoted in its place. */
  replacedBy: `${prefix}replaced-by`,
  /** The day on which it is deprecated, ISO 8601. */
  endOfLife: `${prefix}end-of-life`,
  /** Why it was withdrawn. */
  reason: `${prefix}reason`,
} as const;

const keys: ReadonlySet<string> = new Set(Object.values(sharedTagKeys));

/** Whether "sharedTags" writes this tag; a config may have other shared tags of its own. Pure. */
export const isSharedTag = (key: string): boolean => keys.has(key);

/** `lifecycle`, of `ec2:SharedTag/lifecycle`. Pure. */
export const nameOfSharedTag = (key: string): string => key.slice(prefix.length);

/** The tags of an AMI without its shared tags: a copy has its own. Pure. */
export const withoutSharedTags = (tags: Tags): Record<string, string> =>
  Object.fromEntries(Object.entries(tags).filter(([key]) => !isSharedTag(key)));

/** The status of a published release at a target, for the users of its AMI. */
export type SharedStatus =
  /** `published`: it was never promoted. */
  | { is: 'current' | 'published' }
  | { is: 'superseded'; by: string }
  | { is: 'yanked'; reason: string; by?: string };

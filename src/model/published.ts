/** What the tag `gopackgo:published` says of an AMI's release. */
export interface Published {
  /** When all of the release was whole, verified and shared as configured for the first time: ISO 8601, UTC. */
  at: string;
  candidate: boolean;
}

const form = /^(candidate )?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)$/;

/** The value of the tag: the time, after the word `candidate` where it is one. A version alone does not always tell. */
export const publishedTag = ({ at, candidate }: Published): string => `${candidate ? 'candidate ' : ''}${at}`;

/** What the tag says; undefined where there is none, or it is not of this form. */
export function parsePublishedTag(value: string | undefined): Published | undefined {
  const [, candidate, at] = form.exec(value ?? '') ?? [];
  return at === undefined ? undefined : { at, candidate: candidate !== undefined };
}

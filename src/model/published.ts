/** The content of the tag `gopackgo:published` of an AMI's release. */
export interface Published {
  /** When the whole release was first complete, verified and shared as configured: ISO 8601, UTC. */
  at: string;
  candidate: boolean;
}

const form = /^(candidate )?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)$/;

/** The value of the tag: the time, preceded by the word `candidate` for a candidate. A version alone does not always tell. */
export const publishedTag = ({ at, candidate }: Published): string => `${candidate ? 'candidate ' : ''}${at}`;

/** The content of the tag; undefined if there is none, or it has another form. */
export function parsePublishedTag(value: string | undefined): Published | undefined {
  const [, candidate, at] = form.exec(value ?? '') ?? [];
  return at === undefined ? undefined : { at, candidate: candidate !== undefined };
}

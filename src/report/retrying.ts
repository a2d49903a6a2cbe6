/** The AWS call that fails and is repeated, its error, and until when. Pure. */
export const retryingText = ({
  operation,
  region,
  error,
  until,
}: {
  operation: string;
  region: string;
  error: string;
  until: string;
}): string => `${operation} in ${region} fails; repeating it until ${until.slice(11, 19)} at most: ${error}`;

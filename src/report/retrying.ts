/** Which call of AWS fails and is repeated, with what error, and until when. Pure. */
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

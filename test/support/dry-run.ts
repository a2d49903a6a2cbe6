/** Whether a call was a dry run, which changes nothing. */
export const isDryRun = ({ input }: { input?: unknown }): boolean =>
  typeof input === 'object' && input !== null && 'DryRun' in input && input.DryRun === true;

/** Whether a call only asked whether EC2 would carry it out: it changed nothing. */
export const isDryRun = ({ input }: { input?: unknown }): boolean =>
  typeof input === 'object' && input !== null && 'DryRun' in input && input.DryRun === true;

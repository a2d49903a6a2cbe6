import type { Ami } from '../model/ami.ts';

type HasState = Pick<Ami, 'state'>;

/** Failed during creation ("AMI states", Amazon EC2 User Guide); its snapshots remain. */
export const hasFailed = ({ state }: HasState): boolean => state === 'failed' || state === 'error';

/** EC2 may show an AMI for seconds after it was deregistered. */
export const isDeregistered = ({ state }: HasState): boolean => state === 'deregistered';

/** Whether an AMI can still be used: neither failed nor deregistered. */
export const isUsable = (ami: HasState): boolean => !hasFailed(ami) && !isDeregistered(ami);

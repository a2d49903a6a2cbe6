import type { Ami } from '../model/ami.ts';

type HasState = Pick<Ami, 'state'>;

/** Failed while it was made ("AMI states", Amazon EC2 User Guide); its snapshots remain. */
export const hasFailed = ({ state }: HasState): boolean => state === 'failed' || state === 'error';

/** EC2 may show one for seconds after it was deregistered. */
export const isDeregistered = ({ state }: HasState): boolean => state === 'deregistered';

/** Whether an AMI can still be of use to anybody: neither failed nor deregistered. */
export const isUsable = (ami: HasState): boolean => !hasFailed(ami) && !isDeregistered(ami);

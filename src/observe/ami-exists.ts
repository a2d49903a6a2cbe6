import { isUsable } from '../aws/ami-states.ts';
import type { Ami } from '../model/ami.ts';

/** Whether an AMI counts as existing. Failed AMIs are leftovers; deregistered AMIs that EC2 still shows do not count. */
export const isExistingAmi = (ami: Ami): boolean => isUsable(ami) && ami.state !== 'invalid';

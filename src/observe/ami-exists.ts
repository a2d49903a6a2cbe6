import { isUsable } from '../aws/ami-states.ts';
import type { Ami } from '../model/ami.ts';

/** Failed AMIs are leftovers; deregistered ones that EC2 still shows do not count. */
export const isExistingAmi = (ami: Ami): boolean => isUsable(ami) && ami.state !== 'invalid';

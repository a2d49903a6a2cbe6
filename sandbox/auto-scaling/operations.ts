import type { Operation } from '../calls/operation.ts';
import { groupOperations } from './groups.ts';
import { launchConfigurationOperations } from './launch-configurations.ts';

/** What the sandbox has of Auto Scaling: what groups launch from, and groups that start nothing. */
export const autoScalingOperations: Record<string, Operation> = {
  ...groupOperations,
  ...launchConfigurationOperations,
};

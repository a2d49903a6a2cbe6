import type { Operation } from '../calls/operation.ts';
import { groupOperations } from './groups.ts';
import { launchConfigurationOperations } from './launch-configurations.ts';

/** The sandbox's Auto Scaling operations: launch sources, and groups that start nothing. */
export const autoScalingOperations: Record<string, Operation> = {
  ...groupOperations,
  ...launchConfigurationOperations,
};

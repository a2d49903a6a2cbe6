import type { Context } from '../calls/operation.ts';
import { fulfilSpotRequests } from './spot-fulfilment.ts';

/**
 * Does what EC2 has done by itself by now. Before each call: at no other moment would anybody see a difference. Each part is a transaction of
 * its own, whatever becomes of the call.
 */
export const doDueWork = (context: Context): void => {
  const { becomesFailed: _, ...rest } = context;
  fulfilSpotRequests({ ...rest, sees: () => true });
};

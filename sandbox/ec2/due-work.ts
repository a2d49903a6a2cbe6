import type { Context } from '../calls/operation.ts';
import { storeDueImages } from './image-stores.ts';
import { fulfilSpotRequests } from './spot-fulfilment.ts';

/**
 * Does what EC2 has done by itself by now. Before each call: at no other moment would anybody see a difference. Each part is a transaction of
 * its own, whatever becomes of the call.
 */
export const doDueWork = (context: Context): void => {
  const { becomesFailed: _, ...rest } = context;
  const its = { ...rest, sees: () => true };
  context.store.transact(() => storeDueImages(its));
  fulfilSpotRequests(its);
};

import type { Operation } from '../calls/operation.ts';
import { publishOperations } from './publish.ts';
import { topicOperations } from './topics.ts';

/** The sandbox's SNS operations: standard topics without subscriptions, and messages to them. */
export const snsOperations: Record<string, Operation> = { ...topicOperations, ...publishOperations };

import type { Operation } from '../calls/operation.ts';
import { publishOperations } from './publish.ts';
import { topicOperations } from './topics.ts';

/** What the sandbox has of SNS: standard topics without subscriptions, and messages to them. */
export const snsOperations: Record<string, Operation> = { ...topicOperations, ...publishOperations };

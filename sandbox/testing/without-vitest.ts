/**
 * The sandbox for tests and benchmarks of other code that run without vitest: everything public, the API side in this process,
 * and the facts that it starts with.
 */

export { type Aws, createAws } from '../aws.ts';
export { createFaults } from '../calls/faults.ts';
export { patternOf } from '../ec2/filters.ts';
export * from '../index.ts';
export type { RoleSettings } from '../model/account-settings.ts';
export { defaultAccount, otherAccount } from '../model/accounts.ts';
export { derivedId } from '../model/identifiers.ts';
export { canonicalIn } from '../model/published-images.ts';
export { regions } from '../model/regions.ts';
export { seedState } from '../seeding/seed-state.ts';

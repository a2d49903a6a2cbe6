/** The sandbox for tests of other code. Worlds and folders are deleted when the test that created them ends. */

export { manifestOf, putBundle } from './bundles.ts';
export { canonicalImage, describe, launch, makeImage } from './images.ts';
export { s3Of } from './s3-client.ts';
export * from './without-vitest.ts';
export { createWorld, errorOf, temporaryFolder, unblocked, type World } from './world.ts';

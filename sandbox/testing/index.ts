/** What tests of other code use of the sandbox. Worlds and folders are gone when the test ends that made them. */

export { manifestOf, putBundle } from './bundles.ts';
export { canonicalImage, describe, launch, makeImage } from './images.ts';
export { s3Of } from './s3-client.ts';
export * from './without-vitest.ts';
export { createWorld, errorOf, temporaryFolder, unblocked, type World } from './world.ts';

export * from './account-buckets.ts';
export * from './buckets.ts';
export * from './bundle-manifest.ts';
export * from './single-object.ts';
export * from './stored-objects.ts';

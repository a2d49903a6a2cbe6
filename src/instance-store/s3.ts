/** The calls to S3. Loaded on first use: only instance-store needs them, and S3's client is large. */
export const s3 = () => import('../aws/s3/index.ts');

import type { Operation } from '../calls/operation.ts';
import { bucketSettingOperations } from './bucket-settings.ts';
import { bucketOperations } from './buckets.ts';
import { completeUploadOperations } from './complete-upload.ts';
import { copyObjectOperations } from './copy-object.ts';
import { deleteObjectOperations } from './delete-objects.ts';
import { getObjectOperations } from './get-object.ts';
import { listObjectOperations } from './list-objects.ts';
import { listUploadOperations } from './list-uploads.ts';
import { listVersionOperations } from './list-versions.ts';
import { neverConfiguredOperations } from './never-configured.ts';
import { objectSettingOperations } from './object-settings.ts';
import { putObjectOperations } from './put-object.ts';
import { uploadPartOperations } from './upload-parts.ts';

/** The sandbox's S3 operations. */
export const s3Operations: Record<string, Operation> = {
  ...bucketOperations,
  ...bucketSettingOperations,
  ...neverConfiguredOperations,
  ...putObjectOperations,
  ...getObjectOperations,
  ...deleteObjectOperations,
  ...copyObjectOperations,
  ...objectSettingOperations,
  ...listObjectOperations,
  ...listVersionOperations,
  ...uploadPartOperations,
  ...completeUploadOperations,
  ...listUploadOperations,
};

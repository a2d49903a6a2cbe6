import type { ListImagesInRecycleBinRequest, ListImagesInRecycleBinResult } from '@aws-sdk/client-ec2';
import { type Operation, operation } from '../calls/operation.ts';
import { pageOf } from '../calls/pages.ts';
import { AwsError } from '../model/aws-error.ts';
import { lookUpAll } from '../model/identifiers.ts';

/** Images that a call can name (ListImagesInRecycleBin, `ImageIds`). */
const most = 20;

/** The Recycle Bin keeps what a retention rule says. There is none in the sandbox, as in an account that made none. */
export const recycleBinOperations: Record<string, Operation> = {
  ListImagesInRecycleBin: operation<ListImagesInRecycleBinRequest, ListImagesInRecycleBinResult>(
    ['ImageIds', 'MaxResults', 'NextToken'],
    (_, { ImageIds = [], MaxResults, NextToken }) => {
      if (ImageIds.length > most) {
        throw new AwsError('InvalidParameterValue', `A call names at most ${most} images.`);
      }
      lookUpAll('ami', ImageIds, () => undefined);
      pageOf('ListImagesInRecycleBin', [], String, { MaxResults, NextToken });
      return { Images: [] };
    },
  ),
};

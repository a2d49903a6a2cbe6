import type { ListImagesInRecycleBinRequest, ListImagesInRecycleBinResult } from '@aws-sdk/client-ec2';
import { type Operation, operation } from '../calls/operation.ts';
import { pageOf } from '../calls/pages.ts';
import { AwsError } from '../model/aws-error.ts';
import { derivedId, lookUpAll } from '../model/identifiers.ts';
import { settingsOf } from '../state/stored-settings.ts';

/** Images per call (ListImagesInRecycleBin, `ImageIds`). */
const most = 20;

const enteredAt = new Date('2026-01-01T00:00:00Z');
const exitsAt = new Date('2027-01-01T00:00:00Z');

/** The Recycle Bin holds what the settings say: no retention rule moves anything there. */
export const recycleBinOperations: Record<string, Operation> = {
  ListImagesInRecycleBin: operation<ListImagesInRecycleBinRequest, ListImagesInRecycleBinResult>(
    ['ImageIds', 'MaxResults', 'NextToken'],
    (context, { ImageIds = [], MaxResults, NextToken }) => {
      if (ImageIds.length > most) {
        throw new AwsError('InvalidParameterValue', `A call names at most ${most} images.`);
      }
      const all = Array.from({ length: settingsOf(context).imagesInRecycleBin }, (_, index) =>
        derivedId('ami', 'recycled', context.account, context.region, String(index)),
      );
      const named = lookUpAll('ami', ImageIds, (id) => all.find((one) => one === id));
      const shown = ImageIds.length > 0 ? named : all;
      const { items, next } = pageOf('ListImagesInRecycleBin', shown, (id) => id, { MaxResults, NextToken });
      return {
        Images: items.map((ImageId, index) => ({
          ImageId,
          Name: `recycled ${index + 1}`,
          RecycleBinEnterTime: enteredAt,
          RecycleBinExitTime: exitsAt,
        })),
        NextToken: next,
      };
    },
  ),
};

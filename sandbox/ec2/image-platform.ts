import type { ImageRecord } from '../model/records.ts';

type Platform = Pick<ImageRecord, 'bootMode' | 'platform' | 'platformDetails' | 'usageOperation'>;

/**
 * What an instance inherits from its image and passes on to images created from it: the boot mode ("Set the boot mode of an
 * Amazon EC2 AMI"), the platform and its billing code ("AMI billing information fields").
 */
export const platformOf = ({ bootMode, platform, platformDetails, usageOperation }: Platform): Platform => ({
  ...(bootMode === undefined ? {} : { bootMode }),
  ...(platform === undefined ? {} : { platform }),
  ...(platformDetails === undefined ? {} : { platformDetails }),
  ...(usageOperation === undefined ? {} : { usageOperation }),
});

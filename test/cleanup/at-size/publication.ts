import type { Publication } from '../../../src/model/publication.ts';
import { publication, settings } from '../../plan/a-publication.ts';

export const regions = [
  'us-east-1',
  'us-west-1',
  'us-west-2',
  'eu-west-1',
  'ap-northeast-1',
  'ap-southeast-1',
  'ap-southeast-2',
  'sa-east-1',
] as const;

/** How many volumes an AMI of each image has; zero means instance-store. */
export const volumesOf = { small: 1, medium: 2, large: 3, store: 0 } as const;

export type ImageName = keyof typeof volumesOf;

/** A publication that has existed for years, at its next version. */
export const official: Publication = publication({
  name: 'official',
  file: 'configs/official.json',
  version: '1.1.0',
  amiName: 'official {version} {image}',
  regions: regions.map((name) => ({ name, bestEffort: false, builder: {} })),
  images: Object.entries(volumesOf).map(([name, volumes]) =>
    settings({ name, rootDevice: volumes === 0 ? 'instance-store' : 'ebs' }),
  ),
});

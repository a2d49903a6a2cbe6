import type { BaseImageFacts } from '../../src/aws/base-image-facts.ts';
import { target } from './embedded.ts';

/** The base image of `target`, an image on EBS without anything special. */
export const baseFacts: BaseImageFacts = {
  id: target.base.id,
  name: target.base.name,
  owner: target.base.owner,
  ena: true,
  rootDeviceName: '/dev/sda1',
  volumes: [],
  sizes: [],
  encrypted: [],
  watermarks: [],
  supportedTypes: [],
  unsupportedTypes: [],
};

import { paginateDescribeImageReferences, type ResourceTypeRequest } from '@aws-sdk/client-ec2';
import type { Lookup } from '../model/lookup.ts';
import { ask, inParts } from './ask.ts';
import type { Clients } from './connection.ts';
import { everyPage } from './pagination.ts';

export interface ImageReference {
  image: string;
  /** EC2's name for it: `ec2:Instance`, `ec2:LaunchTemplate`, `ssm:Parameter`, `imagebuilder:ImageRecipe`, … */
  type: string;
  /** ARN. */
  resource: string;
}

/** EC2 accepts up to ten AMIs per call (EC2 API reference, DescribeImageReferences). */
const imagesPerCall = 10;

/**
 * Terminated instances do not count. For launch templates only the newest version is requested: other lookups find the default
 * version and those in use, and any other version protects no AMI.
 */
const resourceTypes: ResourceTypeRequest[] = [
  {
    ResourceType: 'ec2:Instance',
    ResourceTypeOptions: [
      {
        OptionName: 'state-name',
        OptionValues: ['pending', 'running', 'shutting-down', 'stopping', 'stopped'],
      },
    ],
  },
  {
    ResourceType: 'ec2:LaunchTemplate',
    ResourceTypeOptions: [{ OptionName: 'version-depth', OptionValues: ['1'] }],
  },
  { ResourceType: 'ssm:Parameter' },
  { ResourceType: 'imagebuilder:ImageRecipe' },
  { ResourceType: 'imagebuilder:ContainerRecipe' },
];

/** Resources of this account that refer to AMIs, as far as EC2 knows. */
export function imageReferences(
  clients: Clients,
  region: string,
  images: readonly string[],
): Promise<Lookup<ImageReference[]>> {
  return ask('ec2:DescribeImageReferences', region, async () => {
    const found: ImageReference[] = [];
    for (const ImageIds of inParts(images, imagesPerCall)) {
      const pages = paginateDescribeImageReferences(
        { client: clients.ec2(region), pageSize: 1000 },
        { ImageIds, ResourceTypes: resourceTypes },
      );
      for await (const page of everyPage(pages)) {
        for (const { ImageId = '', ResourceType = '', Arn = '' } of page.ImageReferences ?? [])
          found.push({ image: ImageId, type: ResourceType, resource: Arn });
      }
    }
    return found;
  });
}

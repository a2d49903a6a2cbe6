import { defaultAccount, otherAccount } from '../../model/accounts.ts';
import { derivedId } from '../../model/identifiers.ts';
import type { SeededBucket, SeededCall, SeededImage, SeededWorld } from '../../seeding/seeded-world.ts';

export const largeRegions = [
  'us-east-1',
  'us-west-1',
  'us-west-2',
  'eu-west-1',
  'ap-northeast-1',
  'ap-southeast-1',
  'ap-southeast-2',
  'sa-east-1',
];

const imagesInRegion = 250;
const day = 24 * 3_600_000;

/** 2,000 images in eight regions with every trait that a seeded image can have, and resources that refer to some of them. */
export const largeWorld = (now: Date): SeededWorld => {
  const ago = (days: number): string => new Date(now.getTime() - days * day).toISOString();
  const images: SeededImage[] = [];
  const buckets: SeededBucket[] = [];
  const calls: SeededCall[] = [];
  for (const region of largeRegions) {
    buckets.push({
      region,
      name: `bundles-${region}`,
      versioning: 'Enabled',
      objects: [{ key: 'notes.txt', versions: 3, isDeleted: true }],
      unfinished: [{ key: 'left/over', parts: 2 }],
    });
    for (let number = 0; number < imagesInRegion; number += 1) {
      const id = derivedId('ami', region, String(number));
      const isOfOther = number % 25 === 24;
      const isBundle = !isOfOther && number % 5 === 4;
      const volumes = 1 + (number % 3);
      images.push({
        region,
        id,
        ...(isOfOther ? { account: otherAccount.id, public: true } : {}),
        name: `web 1.0.${number} 2204-hvm`,
        createdAt: ago(number + 1),
        ...(isBundle
          ? { bundle: { bucket: `bundles-${region}`, prefix: `web-${number}`, parts: 4 } }
          : {
              snapshots: Array.from({ length: volumes }, (_, volume) =>
                derivedId('snap', region, `${number}/${volume}`),
              ),
            }),
        ...(number % 10 === 1 ? { state: 'disabled' as const } : {}),
        ...(number % 10 === 2 ? { protection: 'with-cooldown' as const } : {}),
        ...(number % 10 === 3 ? { sharedWith: [otherAccount.id] } : {}),
        ...(number % 10 === 5 ? { deprecatedAt: ago(1) } : {}),
        ...(number % 10 === 6 ? { launchedAt: ago(20) } : {}),
        tags: { 'gopackgo:release': `web@1.0.${number}` },
      });
      if (number % 50 === 7) {
        const name = `web-${number}`;
        calls.push(
          {
            region,
            service: 'ec2',
            operation: 'CreateLaunchTemplate',
            at: ago(number),
            input: { LaunchTemplateName: name, LaunchTemplateData: { ImageId: id } },
          },
          {
            region,
            service: 'autoscaling',
            operation: 'CreateAutoScalingGroup',
            input: {
              AutoScalingGroupName: name,
              MinSize: 0,
              MaxSize: 0,
              AvailabilityZones: [`${region}a`],
              LaunchTemplate: { LaunchTemplateName: name, Version: '$Latest' },
            },
          },
          {
            region,
            service: 'ssm',
            operation: 'PutParameter',
            input: { Name: `/${name}`, Value: id, Type: 'String', DataType: 'aws:ec2:image' },
          },
        );
      }
    }
  }
  const [region = ''] = largeRegions;
  const image = derivedId('ami', region, '8');
  return {
    images,
    buckets,
    calls,
    instances: [
      { region, id: derivedId('i', 'stopped'), image, state: 'stopped', launchedAt: ago(3) },
      { region, id: derivedId('i', 'running'), image, state: 'running', launchedAt: ago(2) },
    ],
    snapshots: [
      { region, id: derivedId('snap', 'alone'), startedAt: ago(9), tags: { of: defaultAccount.id } },
    ],
    volumes: [{ region, id: derivedId('vol', 'alone'), createdAt: ago(9) }],
  };
};

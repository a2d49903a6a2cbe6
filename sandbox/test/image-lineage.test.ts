import { RunInstancesCommand } from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import { canonicalImage, makeImage } from '../testing/images.ts';
import { createWorld, type World } from '../testing/world.ts';

const launched = async (world: World, ImageId: string): Promise<string> => {
  const { Instances } = await world
    .ec2()
    .send(new RunInstancesCommand({ ImageId, InstanceType: 't3.micro', MinCount: 1, MaxCount: 1 }));
  return Instances?.[0]?.InstanceId ?? '';
};

test('an instance knows its Ubuntu release, whether its image is Canonical’s or made from an instance of such an image', async () => {
  const world = createWorld();
  const focal = await launched(world, await canonicalImage(world, { release: '20.04' }));
  const { id } = await makeImage(world, 'made of focal', focal);
  const again = await launched(world, id);
  const jammy = await launched(world, await canonicalImage(world, { release: '22.04' }));
  expect(Object.fromEntries([...world.machines].map(([name, { ubuntu }]) => [name, ubuntu]))).toEqual({
    [focal]: { version: '20.04', codename: 'focal' },
    [again]: { version: '20.04', codename: 'focal' },
    [jammy]: { version: '22.04', codename: 'jammy' },
  });
});

import {
  CreateImageCommand,
  CreateTagsCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { canonicalIn, type World as Sandbox } from '../../sandbox/testing/index.ts';
import type { Sharing } from '../../src/model/publication.ts';
import type { ReleasePlan, Target } from '../../src/model/release-plan.ts';
import { ownTags } from '../../src/model/resource-names.ts';
import { plan, target } from './embedded.ts';

/** A plan of one image in some regions; the last of them can be best-effort. */
export function planIn(regions: string[], sharing: Partial<Sharing>, bestEffort: string[] = []): ReleasePlan {
  const targets = regions.map((region) => ({
    ...target,
    region,
    name: `${region}-2204-hvm`,
    amiName: `web 1.0.0 ${region}`,
    required: !bestEffort.includes(region),
  }));
  return { ...plan, targets, sharing: { ...plan.sharing, ...sharing } };
}

/** Makes the AMIs of a plan as Packer would leave them. Returns their ids, by target. */
export async function build(sandbox: Sandbox, made: ReleasePlan): Promise<Record<string, string>> {
  const ids: Record<string, string> = {};
  for (const one of made.targets) ids[one.name] = await buildOne(sandbox, made, one);
  return ids;
}

async function buildOne(sandbox: Sandbox, made: ReleasePlan, one: Target): Promise<string> {
  const { region } = one;
  const ec2 = sandbox.ec2({ region });
  const base = canonicalIn(region).find(
    ({ image }) => image.architecture === 'x86_64' && image.name.includes('22.04'),
  )?.image;
  const launched = await ec2.send(
    new RunInstancesCommand({ ImageId: base?.id, MinCount: 1, MaxCount: 1, InstanceType: 't3.micro' }),
  );
  const InstanceId = launched.Instances?.[0]?.InstanceId ?? '';
  const { ImageId = '' } = await ec2.send(new CreateImageCommand({ InstanceId, Name: one.amiName }));
  const Tags = Object.entries(ownTags(made, one)).map(([Key, Value]) => ({ Key, Value }));
  await ec2.send(new CreateTagsCommand({ Resources: [ImageId], Tags }));
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [InstanceId] }));
  return ImageId;
}

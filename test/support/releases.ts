import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  DescribeImageAttributeCommand,
  DescribeImagesCommand,
  DescribeSnapshotAttributeCommand,
} from '@aws-sdk/client-ec2';
import { GetParametersByPathCommand } from '@aws-sdk/client-ssm';
import { type World as Sandbox, temporaryFolder } from '../../sandbox/testing/index.ts';
import type { Clients } from '../../src/aws/connection.ts';
import { readPublication } from '../../src/config/read-publication.ts';
import { ActionableError } from '../../src/lib/actionable-error.ts';
import type { ConfiguredTarget } from '../../src/lifecycle/ready-targets.ts';
import { type LifecycleWork, runLifecycle } from '../../src/lifecycle/run-lifecycle.ts';
import type { LifecycleResult } from '../../src/model/events.ts';
import type { Publication } from '../../src/model/publication.ts';
import type { ReleasePlan } from '../../src/model/release-plan.ts';
import { combinedImages } from '../../src/plan/image.ts';
import { targetName } from '../../src/plan/target-values.ts';
import { build, planIn } from './built.ts';
import { plan as aPlan, type Told, worldOn } from './embedded.ts';
import { published } from './publishing.ts';

export const regions = ['us-east-1', 'eu-west-1'] as const;
export const friend = '210987654321';
export const latest = '/web/latest/2204-hvm';

/** The config's settings for the time after publishing. */
export type Written = Record<string, unknown>;

/** The config of `web` at a version: one image in two regions, shared with a friend, with a parameter of each kind. */
export function webConfig(version: string, more: Written = {}): object {
  const builder = { instance_type: 'm5.large' };
  return {
    version,
    amiName: 'web {version} {region}',
    regions,
    images: [{ name: '2204-hvm', base: { ubuntu: '2204' }, builder }],
    share: { accounts: [friend] },
    parameters: ['/web/{version}/{image}', '/web/latest/{image}'],
    ...more,
  };
}

export function webAt(version: string, more: Written = {}): Publication {
  const cwd = temporaryFolder();
  mkdirSync(join(cwd, 'configs'));
  writeFileSync(join(cwd, 'configs/web.json'), JSON.stringify(webConfig(version, more)));
  return readPublication('web', { cwd });
}

export const targetsOf = (publication: Publication): ConfiguredTarget[] =>
  publication.regions.flatMap(({ name: region, bestEffort }) =>
    combinedImages(publication).map((image) => ({
      name: targetName(region, image.name),
      region,
      image,
      required: !bestEffort,
    })),
  );

/** The same release as a plan for `published`, whose AMIs `made` makes. */
export function planAt(version: string, more: Written = {}): ReleasePlan {
  const { lifecycle } = webAt(version, more);
  const plan = planIn([...regions], { accounts: [friend] });
  return {
    ...plan,
    release: `web@${version}`,
    version,
    ...(lifecycle ? { lifecycle } : {}),
    targets: plan.targets.map((target) => ({
      ...target,
      amiName: `web ${version} ${target.region}`,
      parameters: [
        { name: `/web/${version}/2204-hvm`, newest: false },
        { name: latest, newest: true },
      ],
    })),
  };
}

/** Publishes a release of `web`, whose AMIs are made an hour after the existing ones. Returns their ids, by region. */
export async function publishAt(sandbox: Sandbox, version: string, more: Written = {}): Promise<void> {
  sandbox.aws.settings.advance(3600);
  const plan = planAt(version, more);
  await build(sandbox, plan);
  const run = await published(sandbox, plan);
  if (run.exit !== 0) throw new Error(`${version}: ${run.refusal ?? JSON.stringify(run.result)}`);
}

/** Runs promote or yank, confirmed; an error is a refusal. */
export async function changeLife(
  sandbox: Sandbox,
  look: (context: Told) => Promise<LifecycleWork>,
  clients?: Clients,
): Promise<{ result?: LifecycleResult; refusal?: string }> {
  const context = worldOn(sandbox, clients ? { clients } : {});
  try {
    const work = await look(context);
    const options = { confirm: async () => true, emit: () => undefined, folder: 'folder' };
    return { result: await runLifecycle(work, options, context) };
  } catch (error) {
    if (error instanceof ActionableError) return { refusal: error.message };
    throw error;
  }
}

export const about = (release: string, command: LifecycleWork['about']['command']) => ({
  command,
  release,
  account: aPlan.account,
  endpoint: 'sandbox:test',
  skipped: [],
  warnings: [],
});

/** The account's resources of `web`, as its own client sees them; times without their values. */
export async function lifeOf(sandbox: Sandbox): Promise<string[]> {
  const each = await Promise.all(regions.map((region) => lifeIn(sandbox, region)));
  return each.flat().sort();
}

async function lifeIn(sandbox: Sandbox, region: string): Promise<string[]> {
  const ec2 = sandbox.ec2({ region });
  const { Images = [] } = await ec2.send(
    new DescribeImagesCommand({ Owners: ['self'], IncludeDisabled: true, IncludeDeprecated: true }),
  );
  const tagsOf = (image: (typeof Images)[number]) =>
    Object.fromEntries((image.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));
  const newest = Images.map((image) => tagsOf(image)['gopackgo:promoted'] ?? '')
    .sort()
    .at(-1);
  const nameOf = new Map(Images.map((image) => [image.ImageId, tagsOf(image)['gopackgo:release'] ?? '']));
  const amis = await Promise.all(
    Images.map(async (image) => {
      const tags = tagsOf(image);
      const { LaunchPermissions = [] } = await ec2.send(
        new DescribeImageAttributeCommand({ ImageId: image.ImageId, Attribute: 'launchPermission' }),
      );
      const snapshot = image.BlockDeviceMappings?.[0]?.Ebs?.SnapshotId;
      const { CreateVolumePermissions = [] } = await ec2.send(
        new DescribeSnapshotAttributeCommand({ SnapshotId: snapshot, Attribute: 'createVolumePermission' }),
      );
      return [
        region,
        tags['gopackgo:release'],
        image.State,
        ...(tags['gopackgo:promoted'] === newest ? ['current'] : []),
        ...(tags['gopackgo:superseded'] === undefined ? [] : ['superseded']),
        ...(tags['gopackgo:yanked'] === undefined ? [] : ['yanked']),
        ...(tags['gopackgo:retired'] === undefined ? [] : ['retired']),
        ...(image.DeprecationTime === undefined ? [] : ['deprecated']),
        ...(image.DeregistrationProtection === 'disabled' ? [] : [image.DeregistrationProtection]),
        `shared ${LaunchPermissions.length}`,
        `copied ${CreateVolumePermissions.length}`,
      ].join(' ');
    }),
  );
  const { Parameters = [] } = await sandbox
    .ssm({ region })
    .send(new GetParametersByPathCommand({ Path: '/web', Recursive: true }));
  return [...amis, ...Parameters.map(({ Name, Value }) => `${region} ${Name} ${nameOf.get(Value)}`)];
}

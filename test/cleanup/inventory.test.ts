import {
  CreateAutoScalingGroupCommand,
  CreateLaunchConfigurationCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  CreateTagsCommand,
  DisableImageCommand,
  ModifyImageAttributeCommand,
  ModifyLaunchTemplateCommand,
  ModifySnapshotAttributeCommand,
  RunInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  createRequestHandler,
  createWorld,
  defaultAccount,
  launch,
  makeImage,
  type World as Sandbox,
} from '../../sandbox/testing/index.ts';
import { createClients } from '../../src/aws/connection.ts';
import { lookUpRegion, type RegionInventory } from '../../src/cleanup/inventory.ts';
import { lookUpReferences } from '../../src/cleanup/references.ts';
import type { Lookup } from '../../src/model/lookup.ts';
import { publication, settings } from '../plan/a-publication.ts';

const region = 'us-east-1';
const web = publication({ amiName: 'web {version} {image}', images: [settings({ name: 'plain' })] });

let sandbox: Sandbox;
let builder: string;
beforeEach(async () => {
  sandbox = createWorld();
  builder = await launch(sandbox);
});

/** Pages as small as AWS makes them, so that every list has several. */
const smallPages =
  (next: (args: { input: object }) => Promise<unknown>) =>
  (args: { input: object }): Promise<unknown> => {
    const sizes = Object.keys(args.input).filter((key) => key === 'MaxResults' || key === 'MaxRecords');
    const least = 'ParameterFilters' in args.input || sizes.includes('MaxRecords') ? 1 : 5;
    return next({
      ...args,
      input: { ...args.input, ...Object.fromEntries(sizes.map((key) => [key, least])) },
    });
  };

/** Our clients; their nth call, from 1 on, fails with the error of that name. */
async function clientsOn(nth?: { call: number; error: string }) {
  const handler = createRequestHandler(sandbox.aws);
  const calls: string[] = [];
  const failing = {
    ...handler,
    async handle(...[request, options]: Parameters<typeof handler.handle>) {
      const { body, headers } = request;
      calls.push(
        /Action=(\w+)/.exec(Buffer.from((body as Uint8Array | string | undefined) ?? '').toString())?.[1] ??
          headers['x-amz-target'] ??
          '',
      );
      if (calls.length === nth?.call) throw Object.assign(new Error('on purpose'), { name: nth.error });
      return handler.handle(request, options);
    },
  };
  const clients = createClients({
    credentials: defaultAccount,
    client: () => ({ requestHandler: failing, maxAttempts: 1 }) as object,
  });
  const stacks = [clients.ec2(region), clients.ssm(region), await clients.autoScaling(region)].map(
    ({ middlewareStack }) => middlewareStack as unknown as { add(middleware: unknown, where: object): void },
  );
  for (const stack of stacks) stack.add(smallPages, { step: 'initialize' });
  return { clients, calls };
}

const lookup = async (): Promise<Lookup<RegionInventory>> => lookUpRegion(web, region, await clientsOn());

async function ours(version: string): Promise<string> {
  const { id } = await makeImage(sandbox, `web ${version} plain`, builder);
  await sandbox.ec2().send(
    new CreateTagsCommand({
      Resources: [id],
      Tags: [
        { Key: 'gopackgo:release', Value: `web@${version}` },
        { Key: 'gopackgo:target', Value: `${region}-plain` },
      ],
    }),
  );
  return id;
}

async function referencesTo(id: string): Promise<string[]> {
  const seen = await lookUpReferences([id], region, await clientsOn());
  if (!seen.ok) throw new Error(`${seen.error.operation}: ${seen.error.code}: ${seen.error.message}`);
  return (seen.value.get(id) ?? []).map(({ kind, name }) => `${kind} ${name}`).sort();
}

const run = async (image: string, more: object = {}): Promise<string> => {
  const started = await sandbox.ec2().send(
    new RunInstancesCommand({
      ImageId: image,
      InstanceType: 't3.micro',
      MinCount: 1,
      MaxCount: 1,
      ...more,
    }),
  );
  return started.Instances?.[0]?.InstanceId ?? '';
};

async function template(name: string, ...images: string[]): Promise<string> {
  const data = (ImageId: string) => ({ ImageId, InstanceType: 't3.micro' as const });
  const [first = '', ...later] = images;
  const { LaunchTemplate } = await sandbox
    .ec2()
    .send(new CreateLaunchTemplateCommand({ LaunchTemplateName: name, LaunchTemplateData: data(first) }));
  const id = LaunchTemplate?.LaunchTemplateId ?? '';
  for (const image of later) {
    await sandbox
      .ec2()
      .send(
        new CreateLaunchTemplateVersionCommand({ LaunchTemplateId: id, LaunchTemplateData: data(image) }),
      );
  }
  return id;
}

const group = (name: string, more: object) =>
  sandbox.autoScaling().send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName: name,
      MinSize: 0,
      MaxSize: 0,
      AvailabilityZones: ['us-east-1a'],
      ...more,
    }),
  );

const parameter = (Name: string, Value: string, more: object = {}) =>
  sandbox.ssm().send(new PutParameterCommand({ Name, Value, Type: 'String', ...more }));

describe('references', () => {
  it('are none if nothing uses an AMI, not even the instance that it was made from', async () => {
    expect(await referencesTo(await ours('1.0.0'))).toEqual([]);
  });

  it('include running and stopped instances, but not terminated ones', async () => {
    const image = await ours('1.0.0');
    const running = await run(image);
    const stopped = await run(image);
    await sandbox.ec2().send(new StopInstancesCommand({ InstanceIds: [stopped] }));
    const gone = await run(image);
    await sandbox.ec2().send(new TerminateInstancesCommand({ InstanceIds: [gone] }));
    expect(await referencesTo(image)).toEqual(
      [`instance ${running} (running)`, `instance ${stopped} (stopped)`].sort(),
    );
  });

  it('include the default and the latest version of a launch template and each version in use, and no other', async () => {
    const images = [];
    for (let n = 1; n <= 6; n++) images.push(await ours(`1.0.${n}`));
    const id = await template('web', ...images);
    await sandbox.ec2().send(new ModifyLaunchTemplateCommand({ LaunchTemplateId: id, DefaultVersion: '2' }));
    await group('fixed', { LaunchTemplate: { LaunchTemplateName: 'web', Version: '3' } });
    await group('newest', { LaunchTemplate: { LaunchTemplateId: id, Version: '$Latest' } });
    await group('default', { LaunchTemplate: { LaunchTemplateId: id } });
    const started = await run(images[0] ?? '', {
      ImageId: undefined,
      LaunchTemplate: { LaunchTemplateId: id, Version: '5' },
    });
    expect(await Promise.all(images.map(referencesTo))).toEqual([
      [],
      ['Auto Scaling group default', 'launch template web version 2'],
      ['Auto Scaling group fixed', 'launch template web version 3'],
      [],
      [`instance ${started} (running)`, 'launch template web version 5'],
      ['Auto Scaling group newest', 'launch template web version 6'],
    ]);
  });

  it('do not include versions in use that are gone, which is no failure', async () => {
    const image = await ours('1.0.0');
    const id = await template('web', image);
    const started = await run(image, {
      ImageId: undefined,
      LaunchTemplate: { LaunchTemplateId: id, Version: '1' },
    });
    const { DeleteLaunchTemplateCommand } = await import('@aws-sdk/client-ec2');
    await sandbox.ec2().send(new DeleteLaunchTemplateCommand({ LaunchTemplateId: id }));
    expect(await referencesTo(image)).toEqual([`instance ${started} (running)`]);
  });

  it('include launch configurations, the groups that use them, and mixed instances with their overrides', async () => {
    const [configured, plain, own] = [await ours('1.0.1'), await ours('1.0.2'), await ours('1.0.3')];
    await sandbox.autoScaling().send(
      new CreateLaunchConfigurationCommand({
        LaunchConfigurationName: 'old',
        ImageId: configured,
        InstanceType: 't3.micro',
      }),
    );
    await group('by-configuration', { LaunchConfigurationName: 'old' });
    await template('one', plain);
    await template('two', own, plain);
    await group('mixed', {
      MixedInstancesPolicy: {
        LaunchTemplate: {
          LaunchTemplateSpecification: { LaunchTemplateName: 'one', Version: '$Default' },
          Overrides: [
            {
              InstanceType: 't3.small',
              LaunchTemplateSpecification: { LaunchTemplateName: 'two', Version: '1' },
            },
          ],
        },
      },
    });
    expect(await referencesTo(configured)).toEqual([
      'Auto Scaling group by-configuration',
      'launch configuration old',
    ]);
    expect(await referencesTo(plain)).toEqual([
      'Auto Scaling group mixed',
      'launch template one version 1',
      'launch template two version 2',
    ]);
    expect(await referencesTo(own)).toEqual(['Auto Scaling group mixed', 'launch template two version 1']);
    await sandbox.autoScaling().send(
      new UpdateAutoScalingGroupCommand({
        AutoScalingGroupName: 'by-configuration',
        LaunchTemplate: { LaunchTemplateName: 'one' },
      }),
    );
    expect(await referencesTo(configured)).toEqual(['launch configuration old']);
  });

  it('include SSM parameters that hold the id, and templates that take it from one', async () => {
    const image = await ours('1.0.0');
    await parameter('/images/web', image, { DataType: 'aws:ec2:image' });
    await parameter('plain', `newest: ${image}`);
    await parameter('/list', `a,${image}`, { Type: 'StringList' });
    await parameter('/other', `${image}0`);
    await template('by-parameter', 'resolve:ssm:/images/web');
    expect(await referencesTo(image)).toEqual([
      'SSM parameter /images/web',
      'SSM parameter /list',
      'SSM parameter plain',
      'launch template by-parameter version 1',
    ]);
  });

  it.each(['/web:1', 'web', 'arn:aws:ssm:us-east-1:123456789012:parameter/web', '/gone:1'])(
    'include templates that take it from a parameter as %s, although the answer gives it another name',
    async (name) => {
      const image = await ours('1.0.0');
      await parameter('/web', image);
      await template('by-parameter', `resolve:ssm:${name}`);
      expect(await referencesTo(image)).toEqual([
        'SSM parameter /web',
        ...(name === '/gone:1' ? [] : ['launch template by-parameter version 1']),
      ]);
    },
  );
});

describe('a template that takes its AMI from a version of a parameter', () => {
  it('keeps that AMI, which the parameter itself no longer names', async () => {
    const [older, newer] = [await ours('1.0.0'), await ours('1.0.1')];
    await parameter('/images/web', older);
    await parameter('/images/web', newer, { Overwrite: true });
    await template('fixed', 'resolve:ssm:/images/web:1');
    expect(await referencesTo(older)).toEqual(['launch template fixed version 1']);
    expect(await referencesTo(newer)).toEqual(['SSM parameter /images/web']);
  });

  it.each([
    ['its ARN', '/images/web', 'arn:aws:ssm:us-east-1:123456789012:parameter/images/web:1'],
    ['a name that lacks its slash', '/web', 'web:1'],
  ])('keeps it if the parameter is named by %s', async (_, name, asked) => {
    const [older, newer] = [await ours('1.0.0'), await ours('1.0.1')];
    await parameter(name, older);
    await parameter(name, newer, { Overwrite: true });
    await template('fixed', `resolve:ssm:${asked}`);
    await template('another', 'resolve:ssm:/nothing/here');
    expect(await referencesTo(older)).toEqual(['launch template fixed version 1']);
  });
});

describe('an inventory', () => {
  it('contains every AMI of the account with its permissions, and looks at no other', async () => {
    const shared = await ours('1.0.0');
    const disabled = await ours('1.0.1');
    const foreign = (await makeImage(sandbox, 'something else', builder)).id;
    await sandbox.ec2().send(new DisableImageCommand({ ImageId: disabled }));
    const friend = { UserId: '210987654321' };
    await sandbox
      .ec2()
      .send(new ModifyImageAttributeCommand({ ImageId: shared, LaunchPermission: { Add: [friend] } }));
    const all = await lookup();
    expect(all.ok).toBe(true);
    if (!all.ok) return;
    const [snapshot = ''] = all.value.amis.find(({ ami }) => ami.id === shared)?.ami.snapshots ?? [];
    await sandbox.ec2().send(
      new ModifySnapshotAttributeCommand({
        SnapshotId: snapshot,
        Attribute: 'createVolumePermission',
        CreateVolumePermission: { Add: [friend] },
      }),
    );
    const again = await lookup();
    if (!again.ok) throw new Error(again.error.message);
    const accounts = { public: false, accounts: [friend.UserId], others: [] };
    const of = (id: string) => again.value.amis.find(({ ami }) => ami.id === id);
    expect(again.value.amis.map(({ ami }) => ami.id).sort()).toEqual([shared, disabled, foreign].sort());
    expect(of(shared)).toMatchObject({
      origin: { release: 'web@1.0.0', by: 'tag' },
      launchPermission: accounts,
      createVolumePermissions: [accounts],
    });
    expect(of(disabled)).toMatchObject({ ami: { state: 'disabled' }, origin: { release: 'web@1.0.1' } });
    expect(of(foreign)?.origin).toBeUndefined();
  });

  it('is unknown if any one of its calls fails', async () => {
    const image = await ours('1.0.0');
    const id = await template('web', image, image, image);
    await group('fixed', { LaunchTemplate: { LaunchTemplateId: id, Version: '2' } });
    await parameter('/images/web', image);
    await template('by-parameter', 'resolve:ssm:/images/web');
    const lookups = async (nth?: { call: number; error: string }) => {
      const world = await clientsOn(nth);
      const inventory = await lookUpRegion(web, region, world);
      const references = inventory.ok ? await lookUpReferences([image], region, world) : inventory;
      return { ...references, calls: world.calls };
    };
    const whole = await lookups();
    expect(whole.ok).toBe(true);
    expect(new Set(whole.calls).size).toBeGreaterThanOrEqual(10);
    for (let call = 1; call <= whole.calls.length; call++) {
      for (const error of ['UnauthorizedOperation', 'RequestLimitExceeded', 'ECONNRESET']) {
        const seen = await lookups({ call, error });
        expect(seen.ok, `call ${call} (${whole.calls[call - 1]}) ${error}`).toBe(false);
      }
    }
  });
});

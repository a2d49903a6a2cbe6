import { afterAll, beforeAll, expect, it } from 'vitest';
import { stateOf } from '../e2e/state.ts';
import { amisIn, parametersIn } from './amis.ts';
import { type Example, expectToRun, namedCommands, openExample } from './example.ts';

const region = 'us-east-2';
const group = 'group world-builder-packer';

let example: Example;
beforeAll(async () => {
  example = await openExample('world-builder', { calls: 30 });
});
afterAll(() => example.close());

it('World Builder: what it requires has to be given, and all that is missing is named at once', async () => {
  const { exit, stderr } = await example.rehearse('gopackgo plan world-builder-dev');
  expect(exit).toBe(2);
  for (const name of ['vpc_id', 'subnet_id', 'security_group_id']) expect(stderr).toContain(name);
});

it('World Builder: one AMI in the given network, named and tagged as its consumers know it', async () => {
  await example.runTo(/publish world-builder-dev@20261207120000/);
  const { clients } = example.sandbox;
  const amis = await amisIn(clients, region);
  expect(amis).toEqual([
    {
      id: expect.stringMatching(/^ami-/),
      name: 'world-builder-dev-20261130120000',
      description: '',
      architecture: 'x86_64',
      virtualization: 'hvm',
      rootDevice: 'ebs',
      tags: {
        Name: 'world-builder-dev',
        Project: 'world-builder',
        Environment: 'dev',
        ManagedBy: 'packer',
        Timestamp: '20261130120000',
      },
      volumes: [['/dev/xvda', 8, 'gp3']],
      launchedBy: [],
      copiedBy: [],
    },
  ]);
  const { leftovers } = await stateOf(clients, region);
  expect(leftovers).toEqual([group]);
  const launches = example.calls().filter(({ operation }) => operation === 'RunInstances');
  expect(launches.length).toBeGreaterThan(0);
  for (const { input } of launches) {
    const network = JSON.stringify(input);
    for (const id of ['subnet-0a1b2c3d4e5f60718', 'sg-0a1b2c3d4e5f60718']) expect(network).toContain(id);
    expect(network).toMatch(/"AssociatePublicIpAddress":"?true/);
    expect(input.InstanceType).toBe('t3.micro');
  }
  const { commands, files } = example.onBuilders();
  const installed = [
    'user_data.sh',
    'app/data-worldgen/main.py',
    'app/data-worldgen/requirements.txt',
    'files/world-builder.service',
    'files/world-builder.logrotate',
    'files/amazon-cloudwatch-agent.json',
  ].map((file) => `/tmp/world-builder/${file}`);
  expect(files).toEqual(expect.arrayContaining(installed));
  expect(commands.some((command) => command.includes('script_'))).toBe(true);
  const id = amis[0]?.id;
  expect(JSON.parse(await example.recorded('terraform/dev.tfvars.json'))).toEqual({
    world_builder_amis: { [region]: { al2023: id } },
  });
  expect(await parametersIn(clients, region, '/world-builder')).toEqual({
    '/world-builder/dev/20261130120000/ami-id': id,
    '/world-builder/dev/ami-id': id,
  });
});

it('World Builder: after the next release, a rollback takes file and parameter back', async () => {
  await example.runTo(/promote world-builder-dev@20261207120000/);
  const { clients } = example.sandbox;
  const [first, second] = (await amisIn(clients, region)).map(({ id }) => id);
  expect(second).toBeDefined();
  expect(JSON.parse(await example.recorded('terraform/dev.tfvars.json'))).toEqual({
    world_builder_amis: { [region]: { al2023: first } },
  });
  expect(await parametersIn(clients, region, '/world-builder')).toEqual({
    '/world-builder/dev/20261130120000/ami-id': first,
    '/world-builder/dev/20261207120000/ami-id': second,
    '/world-builder/dev/ami-id': first,
  });
});

it('World Builder: the next release is followed, prod is a release of its own, and cleanup leaves the newest', async () => {
  await example.runTo();
  const { clients } = example.sandbox;
  const amis = await amisIn(clients, region);
  expect(amis.map(({ name, tags }) => [name, tags.Environment])).toEqual([
    ['world-builder-dev-20261207120000', 'dev'],
    ['world-builder-prod-20261207120000', 'prod'],
  ]);
  const [dev, prod] = amis.map(({ id }) => id);
  expect(await parametersIn(clients, region, '/world-builder')).toEqual({
    '/world-builder/dev/20261207120000/ami-id': dev,
    '/world-builder/dev/ami-id': dev,
    '/world-builder/prod/20261207120000/ami-id': prod,
    '/world-builder/prod/ami-id': prod,
  });
  for (const [environment, id] of Object.entries({ dev, prod })) {
    expect(JSON.parse(await example.recorded(`terraform/${environment}.tfvars.json`))).toEqual({
      world_builder_amis: { [region]: { al2023: id } },
    });
  }
  expect((await stateOf(clients, region)).leftovers).toEqual([group]);
});

it.each(namedCommands('world-builder'))('World Builder: %s', (command) => expectToRun(example, command));

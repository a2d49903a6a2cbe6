import { readFileSync } from 'node:fs';
import { DescribeImagesCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stateOf } from '../e2e/state.ts';
import { amisIn, type SeenAmi } from './amis.ts';
import { type Example, expectToRun, isWhole, namedCommands, openExample } from './example.ts';

const copied = isWhole
  ? [
      'ap-northeast-1',
      'ap-northeast-2',
      'ap-south-1',
      'ap-southeast-1',
      'ap-southeast-2',
      'ca-central-1',
      'eu-central-1',
      'eu-north-1',
      'eu-west-1',
      'eu-west-2',
      'eu-west-3',
      'sa-east-1',
      'us-east-1',
      'us-east-2',
      'us-west-1',
    ]
  : ['eu-west-1', 'us-east-1'];
const built = 'us-west-2';

let example: Example;
beforeAll(async () => {
  const change = (config: Record<string, unknown>) => {
    const regions = config.regions as Record<string, object>;
    config.regions = Object.fromEntries(
      Object.entries(regions).filter(([name]) => [built, ...copied].includes(name)),
    );
  };
  example = await openExample('gaia-hub', {
    calls: 100,
    smaller: [{ file: 'configs/gaia-hub.json', change }],
  });
});
afterAll(() => example.close());

const volumes: SeenAmi['volumes'] = [
  ['/dev/xvda', 10, 'gp2'],
  ['/dev/sdf', 100, 'gp2'],
];

const hub = (version: string, more: { variant: string; type: string; volumes: SeenAmi['volumes'] }) => ({
  id: expect.stringMatching(/^ami-/),
  name: `Blockstack.Gaia.Hub${more.variant}_${version}`,
  description: expect.stringContaining(`Gaia hub ${version}`),
  architecture: 'x86_64',
  virtualization: 'hvm',
  rootDevice: 'ebs',
  tags: {
    Name: `Blockstack.Gaia.Hub${more.variant}_${version}`,
    OS: 'Flatcar Stable',
    BuildType: more.type,
    BuildMethod: 'Packer',
    BuildTime: expect.stringMatching(/^\d{10}$/),
    Version: version,
  },
  volumes: more.volumes,
  launchedBy: ['all'],
  copiedBy: ['all'],
});

const hubs = (version: string) => [
  hub(version, { variant: '.Ephemeral', type: 'Ephemeral', volumes: volumes.slice(0, 1) }),
  hub(version, { variant: '', type: 'Multiple Disk', volumes }),
];

/** The AMIs of every region are these, the record has their ids, and nothing is left behind. */
async function expectHubs(version: string) {
  const { clients } = example.sandbox;
  const ids: Record<string, object> = {};
  for (const region of [built, ...copied]) {
    const amis = await amisIn(clients, region);
    expect(amis, region).toEqual(hubs(version));
    ids[region] = { Ephemeral: amis[0]?.id, Ebs: amis[1]?.id };
    expect((await stateOf(clients, region)).leftovers, region).toEqual([]);
  }
  const template = JSON.parse(await example.recorded('cloudformation/gaia-hub.template.json'));
  expect(template.Mappings.GaiaHubAmis).toEqual(ids);
  expect(template.Resources.GaiaHub.Type).toBe('AWS::EC2::Instance');
}

it('gaia-hub: both variants built once with Ignition, copied, public, and mapped for CloudFormation', async () => {
  await example.runTo(/publish gaia-hub@1765108800/);
  await expectHubs('1764504000');
  const launches = example.calls().filter(({ operation }) => operation === 'RunInstances');
  expect([...new Set(launches.map(({ region }) => region))]).toEqual([built]);
  for (const { input } of launches) {
    expect(input).toMatchObject({ InstanceType: 't2.micro', UserData: expect.anything() });
    expect(JSON.stringify(input)).toMatch(/subnet-0c1b2c3d4e5f60718/);
    expect(JSON.stringify(input)).toMatch(/"AssociatePublicIpAddress":"?true/);
  }
});

it('gaia-hub: Ignition makes what the document lists, the second volume for one variant alone, and gives the hub its domain', () => {
  const ignition = (variant: string) =>
    JSON.parse(readFileSync(example.project.path(`configs/gaia-${variant}.ign`), 'utf8'));
  const namesOf = (all: { path?: string; name?: string }[]) => all.map(({ path, name }) => path ?? name);
  for (const variant of ['ebs', 'ephemeral']) {
    const { storage, systemd } = ignition(variant);
    const directories = ['/opt/bin', '/etc/sysctl.d', '/etc/motd.d'];
    expect(namesOf(storage.directories)).toEqual(expect.arrayContaining(directories));
    expect(namesOf(storage.files)).toEqual([
      '/etc/flatcar/update.conf',
      '/etc/docker/daemon.json',
      '/etc/vim/vimrc.local',
      '/etc/motd.d/default.conf',
      '/etc/modules-load.d/nf.conf',
      '/etc/sysctl.d/startup.conf',
    ]);
    const storageUnits = variant === 'ebs' ? ['gaia-docker-storage.mount'] : [];
    expect(namesOf(systemd.units)).toEqual([
      'docker-tcp.socket',
      ...storageUnits,
      'install-docker-compose.service',
      'pull-gaia-repo.service',
      'gaia-hub.service',
      'get-acme-certs.service',
    ]);
  }
  expect(ignition('ebs').storage.filesystems).toEqual([
    expect.objectContaining({ device: '/dev/xvdf', format: 'xfs', label: 'STORAGE' }),
  ]);
  expect(ignition('ephemeral').storage.filesystems).toBeUndefined();
  const template = JSON.parse(
    readFileSync(example.project.path('cloudformation/gaia-hub.template.json'), 'utf8'),
  );
  const { UserData } = template.Resources.GaiaHub.Properties;
  const [environment] = JSON.parse(UserData['Fn::Base64']['Fn::Sub']).storage.files;
  for (const variant of ['ebs', 'ephemeral']) {
    const units: { name: string; contents: string }[] = ignition(variant).systemd.units;
    const unit = (name: string) => units.find((one) => one.name === `${name}.service`)?.contents;
    expect(unit('pull-gaia-repo')).toMatch(/ fetch --depth 1 origin [0-9a-f]{40}$/m);
    for (const name of ['gaia-hub', 'get-acme-certs']) {
      expect(unit(name)).toContain(`EnvironmentFile=-${environment.path}\n`);
    }
  }
});

/** What is to be deprecated within a year, by name: EC2 itself dates public AMIs two years on. */
async function endingIn(region: string): Promise<string[]> {
  const { Images = [] } = await example.sandbox.clients
    .ec2(region)
    .send(new DescribeImagesCommand({ Owners: ['self'], IncludeDisabled: true }));
  const year = Date.now() + 365 * 86_400_000;
  const ends = Images.filter(({ DeprecationTime }) => Date.parse(DeprecationTime ?? '') < year);
  return ends.map(({ Name = '' }) => Name).sort();
}
const namesOf = (version: string) => hubs(version).map(({ name }) => name);

it('gaia-hub: after the next release, a rollback takes the mapping back, and the other one is dated', async () => {
  await example.runTo(/promote gaia-hub@1764504000/);
  for (const region of [built, ...copied]) expect(await endingIn(region)).toEqual(namesOf('1764504000'));
  await example.runTo(/yank gaia-hub@1764504000/);
  const amis = await amisIn(example.sandbox.clients, built);
  expect(amis).toHaveLength(4);
  const template = JSON.parse(await example.recorded('cloudformation/gaia-hub.template.json'));
  expect(template.Mappings.GaiaHubAmis[built]).toEqual({
    Ebs: amis.find(({ name }) => name === 'Blockstack.Gaia.Hub_1764504000')?.id,
    Ephemeral: amis.find(({ name }) => name === 'Blockstack.Gaia.Hub.Ephemeral_1764504000')?.id,
  });
  for (const region of [built, ...copied]) expect(await endingIn(region)).toEqual(namesOf('1765108800'));
});

it('gaia-hub: what is yanked is private and disabled in every region, and the next release is mapped', async () => {
  await example.runTo(/cleanup gaia-hub/);
  await expectHubs('1765108800');
  for (const region of [built, ...copied]) {
    const { amis } = await stateOf(example.sandbox.clients, region);
    const yanked = amis.filter(({ state }) => state === 'disabled');
    expect(yanked.map(({ name }) => name)).toEqual(namesOf('1764504000'));
  }
});

it('gaia-hub: the next release takes the place of the one before, with no permission that its policy lacks', async () => {
  await example.runTo();
  await expectHubs('1765108800');
  expect((await stateOf(example.sandbox.clients, built)).amis).toHaveLength(2);
  const { Statement } = JSON.parse(readFileSync(example.project.path('policy.json'), 'utf8'));
  const allowed: string[] = Statement[0].Action;
  const isAllowed = (action: string) =>
    allowed.some((one) => (one.endsWith('*') ? action.startsWith(one.slice(0, -1)) : action === one));
  const actions = example.actions();
  expect(actions.filter((action) => !isAllowed(action))).toEqual([]);
});

it.each(namedCommands('gaia-hub'))('gaia-hub: %s', (command) => expectToRun(example, command));

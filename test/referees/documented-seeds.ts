import { createHash } from 'node:crypto';
import { derivedId } from '../../sandbox/testing/index.ts';
import type { SecurityGroupRule, Store } from '../../sandbox/testing/internals.ts';
import { changesNetworks, ownSubnet, ownVpc, seededAddress, seedNetworks } from './documented-networks.ts';
import * as records from './documented-records.ts';

const { owner } = records;

const resourceIds =
  /\b(ami|snap|i|vol|sg|sgr|key|lt|vpc|subnet|rtb|rtbassoc|igw|nat|eipalloc|eipassoc|eni|acl|sir)-((?=[A-Za-z]*\d)[0-9A-Za-z]{8,})\b/g;

/**
 * A documented command as it can be run: an invalid id (`ami-1234567890EXAMPLE`) becomes one, and each VPC, subnet, network
 * ACL and interface becomes one that the account has.
 */
export const runnable = (command: string): string =>
  command.replace(resourceIds, (id, prefix: string, rest: string) => {
    const changes = changesNetworks.test(command);
    if (prefix === 'vpc') return changes ? ownVpc : records.vpc;
    if (prefix === 'subnet') return changes ? ownSubnet : records.subnet;
    if (prefix === 'sir') return `sir-${createHash('sha256').update(id).digest('hex').slice(0, 8)}`;
    if (prefix === 'acl') return derivedId('acl', records.vpc);
    if (prefix === 'eni') return 'eni-1a2b3c4d';
    if (/^([0-9a-f]{8}|[0-9a-f]{17})$/.test(rest)) return id;
    return `${prefix}-0${createHash('sha256').update(id).digest('hex').slice(0, 16)}`;
  });

/** The account's resources before a command is run: everything the command names, and one more resource of each kind. */
export const seedFor =
  (operation: string, command: string) =>
  (store: Store, folder: string): void => {
    const regions = new Set([records.region, ...(command.match(/\b[a-z]{2}-[a-z]+-\d\b/g) ?? [])]);
    for (const region of regions) seedRegion(store, region, operation, command);
    records.giveRoles(store, [
      'vmimport',
      ...[...command.matchAll(/:role\/([\w/-]+)/g)].map(([, name = '']) => name),
    ]);
    if (/Import|(Store|Restore)ImageTask/.test(operation)) seedTasks(store, folder, command);
  };

/** Buckets with the objects that a command names, and tasks in progress. */
const seedTasks = (store: Store, folder: string, command: string): void => {
  const { region } = records;
  const keys = {
    disk: 'vms/my-server-vm.vmdk',
    ...valuesOf(command, 'object-key').map((stored) => ({ stored }))[0],
  };
  for (const bucket of ['my-ami-bucket', 'my-import-bucket']) {
    records.putDisks(store, folder, bucket, { keys });
  }
  for (const [, id = ''] of command.matchAll(/\b(import-snap-\w+)/g)) {
    store.of('importSnapshotTask', owner, region).put(id, records.anImportTask(id));
  }
  if (command.includes('describe-store-image-tasks')) {
    const task = records.aStoreTask('ami-0dddddddddddddddd', 'snap-0123456789abcdef0', 'my-ami-bucket');
    store.of('storeImageTask', owner, region).put('a task', task);
  }
};

const seedRegion = (store: Store, region: string, operation: string, command: string): void => {
  const named = (prefix: string) =>
    [...command.matchAll(resourceIds)].flatMap(([id, its]) => (its === prefix ? [id] : []));
  const [snapshot, ...snapshots] = [...named('snap'), 'snap-0123456789abcdef0'];
  const [image = '', ...images] = [...named('ami'), 'ami-0123456789abcdef0'];
  const [volume = '', ...volumes] = [...named('vol'), 'vol-0123456789abcdef0'];
  const [group = '', ...groups] = [...named('sg'), 'sg-0123456789abcdef0'];
  const [instance = '', ...instances] = [...named('i'), 'i-0123456789abcdef0'];
  // A resource that a command deletes must not be in use.
  const used = operation.startsWith('Delete') ? 'snap-0fedcba9876543210' : (snapshot ?? '');
  for (const id of new Set([used, snapshot ?? '', ...snapshots])) {
    // The documented volume has the size of its snapshot, and more IOPS than a small one may have.
    const size = operation === 'CreateVolume' ? { size: 500 } : {};
    store.of('snapshot', owner, region).put(id, { ...records.aSnapshot(id), ...size });
  }
  // An image that an account gives up was shared with it.
  const isForeign = operation === 'CancelImageLaunchPermission';
  const holder = isForeign ? '210987654321' : owner;
  const permissions = isForeign ? { permissions: { everyone: false, accounts: [owner] } } : {};
  for (const id of [image, ...images]) {
    const record = { ...records.anImage(id, used), owner: holder, ...permissions };
    store.of('image', holder, region).put(id, record);
  }
  const attached = operation.startsWith('Delete') ? undefined : instance;
  for (const id of [volume, ...volumes]) {
    store
      .of('volume', owner, region)
      .put(id, records.aVolume(id, used, id === volume ? attached : undefined));
  }
  for (const id of [group, ...groups]) {
    const name = operation === 'CreateSecurityGroup' ? id : (valuesOf(command, 'group-names?')[0] ?? id);
    const rules = ruled(operation, named('sgr'), groups);
    const ingress = operation === 'RevokeSecurityGroupEgress' ? [] : rules;
    const egress = operation === 'RevokeSecurityGroupEgress' ? { egress: rules } : {};
    const record = { ...records.aSecurityGroup(id, id === group ? name : id), ingress, ...egress };
    store.of('securityGroup', owner, region).put(id, record);
  }
  const keys = [...valuesOf(command, 'key-names?'), 'MyKeyPair'];
  if (!/^(Create|Import)KeyPair$/.test(operation)) {
    for (const [index, name] of [...new Set(keys)].entries()) {
      const id = named('key')[index] ?? `key-0123456789abcde${index.toString(16).padStart(2, '0')}`;
      store.of('keyPair', owner, region).put(name, records.aKeyPair(name, id));
    }
  }
  const templateIds = [...named('lt'), 'lt-0123456789abcdef0'];
  const templateNames = operation === 'CreateLaunchTemplate' ? [] : namesOf(command, 'LaunchTemplateName');
  for (const [index, id] of [...new Set(templateIds)].entries()) {
    records.putTemplate(store, region, id, templateNames[index] ?? `template-${index}`, image);
  }
  const configurations =
    operation === 'CreateLaunchConfiguration' ? [] : namesOf(command, 'LaunchConfigurationName');
  for (const name of ['my-lc', ...configurations].filter(() => operation !== 'CreateLaunchConfiguration')) {
    store.of('launchConfiguration', owner, region).put(name, records.aLaunchConfiguration(name, image));
  }
  const LaunchTemplate = {
    LaunchTemplateId: templateIds[0] ?? '',
    LaunchTemplateName: templateNames[0] ?? 'template-0',
    Version: '1',
  };
  // The page that shows a group of a launch configuration asks for it by `--query`.
  const source = command.includes('LaunchConfigurationName')
    ? { LaunchConfigurationName: 'my-lc' }
    : { LaunchTemplate };
  const scalingGroups =
    operation === 'CreateAutoScalingGroup' ? [] : namesOf(command, 'AutoScalingGroupName');
  for (const name of operation.includes('AutoScalingGroup') ? scalingGroups : []) {
    store.of('autoScalingGroup', owner, region).put(name, records.aScalingGroup(name, source));
  }
  if (operation === 'DescribeSpotFleetRequests') {
    const fleet = records.aSpotFleet(image);
    store.of('spotFleet', owner, region).put(fleet.id, fleet);
  }
  for (const id of [instance, ...instances]) {
    const used = { image, volume, key: keys[0] ?? '', group: operation.startsWith('Delete') ? '' : group };
    const state: 'stopped' | 'running' = /^(Start|Modify)/.test(operation) ? 'stopped' : 'running';
    // Only Nitro instances have the latest console output.
    const type = operation === 'GetConsoleOutput' ? { type: 't3.micro' } : {};
    const address = seededAddress(command);
    const [allocation = address.allocation] = named('eipalloc');
    const [association = 'eipassoc-0123456789abcdef0'] = named('eipassoc');
    const elastic =
      operation === 'DisassociateAddress' ? { elasticAddress: { ...address, allocation, association } } : {};
    const made = { ...records.anInstance(id, used), state, ...type, ...elastic };
    store.of('instance', owner, region).put(id, made);
  }
  for (const id of [...named('sir'), 'sir-01234567']) {
    store.of('spotRequest', owner, region).put(id, records.aSpotRequest(id, instance));
  }
  seedNetworks(store, region, operation, command, named);
  for (const id of [image, volume, instance, snapshot ?? '', group, records.vpc, records.subnet]) {
    store
      .of('tags', owner, region)
      .put(id, { Name: 'documented', Stack: 'Test', Owner: 'my-team', Purpose: '' });
  }
  if (operation !== 'PutParameter' || command.includes('--overwrite')) {
    const names = [...valuesOf(command, 'names?'), ...valuesOf(command, 'resource-id')];
    const [asked] = valuesOf(command, 'parameter-version');
    if (operation === 'DescribeParameters') names.push('/documented');
    const inside = valuesOf(command, 'path').map((path) => `${path.replace(/\/$/, '')}/inside`);
    for (const name of [...names, ...inside]) {
      const [plain = '', selector = asked] = name.split(':');
      const selected = Number(selector) ? { version: Number(selector) } : { labels: [selector ?? ''] };
      const record = { ...records.aParameter(plain), ...(selector === undefined ? {} : selected) };
      store.of('parameter', owner, region).put(plain, record);
    }
  }
};

/** The rules of a group that a command shows or revokes, under the ids that it names. */
const ruled = (operation: string, ids: string[], others: string[]): SecurityGroupRule[] => {
  if (operation.startsWith('Describe')) {
    return records.someRules.map((rule, index) => ({ ...rule, id: ids[index] ?? rule.id }));
  }
  if (!operation.startsWith('Revoke')) return [];
  // The rules of the examples that revoke rules.
  return [
    ...records.someRules,
    { id: 'sgr-0123456789abcdef3', protocol: 'icmp', from: 3, to: 4, peer: { cidr: '0.0.0.0/0' } },
    ...others.map((group, index) => ({
      id: `sgr-0123456789abcde4${index}`,
      protocol: 'tcp',
      from: 443,
      to: 443,
      peer: { group },
    })),
  ];
};

/** The names that a command gives to a member: as an option, in its shorthand, or in JSON. */
const namesOf = (command: string, member: string): string[] => {
  const option = member.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
  const inside = [...command.matchAll(new RegExp(`"?${member}"?[=:]\\s*"?([\\w.-]+)`, 'g'))];
  return [...valuesOf(command, `${option}s?`), ...inside.map(([, name]) => name ?? '')];
};

/** The values of an option in a command, without their quotes. */
const valuesOf = (command: string, option: string): string[] => {
  const found = new RegExp(`--${option}\\s+((?:(?!--)(?:"[^"]*"|\\S+)[ \\t]*)+)`).exec(command)?.[1] ?? '';
  return [...found.matchAll(/"([^"]*)"|([^\s\\]+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
};

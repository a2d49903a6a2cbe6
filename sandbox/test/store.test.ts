import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateKeyPairCommand,
  CreateSecurityGroupCommand,
  DescribeKeyPairsCommand,
  DescribeSecurityGroupsCommand,
} from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import type { SecurityGroupRecord } from '../model/records.ts';
import { Store } from '../state/store.ts';
import { createWorld, errorOf, temporaryFolder } from '../testing/world.ts';

const group = (id: string): SecurityGroupRecord => ({
  id,
  name: id,
  description: 'é',
  vpc: 'vpc-1',
  ingress: [],
});
const groups = (store: Store) => store.of('securityGroup', '123456789012', 'us-east-1');
const ids = (store: Store) =>
  groups(store)
    .list()
    .map(({ id }) => id);

test('wherever the file is cut off, complete transactions remain', () => {
  const folder = temporaryFolder();
  const file = join(folder, 'state.ndjson');
  const store = new Store(folder);
  store.transact(() => groups(store).put('a', group('a')));
  const before = readFileSync(file).length;
  store.transact(() => {
    groups(store).put('b', group('b'));
    groups(store).put('c', group('c'));
    groups(store).delete('a');
  });
  store.close();
  const whole = readFileSync(file);
  for (let length = before; length <= whole.length; length += 1) {
    writeFileSync(file, whole.subarray(0, length));
    const opened = new Store(folder);
    expect([length, ids(opened)]).toEqual([length, length === whole.length ? ['b', 'c'] : ['a']]);
    opened.transact(() => groups(opened).put('z', group('z')));
    opened.close();
    const again = new Store(folder);
    expect(ids(again)).toContain('z');
    again.close();
  }
});

test('a transaction that throws leaves nothing in memory and nothing on disk', () => {
  const folder = temporaryFolder();
  const store = new Store(folder);
  store.transact(() => groups(store).put('a', group('a')));
  const text = readFileSync(join(folder, 'state.ndjson'), 'utf8');
  expect(() =>
    store.transact(() => {
      groups(store).put('b', group('b'));
      groups(store).put('a', { ...group('a'), name: 'changed' });
      groups(store).delete('a');
      throw new Error('no');
    }),
  ).toThrow('no');
  expect(groups(store).list()).toEqual([group('a')]);
  expect(readFileSync(join(folder, 'state.ndjson'), 'utf8')).toBe(text);
  store.close();
});

test('a damaged line is an error with advice, not a partial state', () => {
  const folder = temporaryFolder();
  const store = new Store(folder);
  store.transact(() => groups(store).put('a', group('a')));
  store.close();
  const file = join(folder, 'state.ndjson');
  writeFileSync(file, readFileSync(file, 'utf8').replace('securityGroup"', 'securityGroup'));
  expect(() => new Store(folder)).toThrow(/state\.ndjson is damaged .*gopackgo sandbox reset/);
});

test('opening again keeps state and identity; a reset changes both', async () => {
  const first = createWorld();
  await first.ec2().send(new CreateKeyPairCommand({ KeyName: 'kept' }));
  await first.aws.close();
  const second = createWorld({ folder: first.folder });
  expect(second.aws.id).toBe(first.aws.id);
  const pairs = () => second.ec2().send(new DescribeKeyPairsCommand({}));
  expect((await pairs()).KeyPairs?.map(({ KeyName }) => KeyName)).toEqual(['kept']);
  await second.aws.reset();
  expect(second.aws.id).not.toBe(first.aws.id);
  expect((await pairs()).KeyPairs).toEqual([]);
  await second.aws.close();
  expect(createWorld({ folder: first.folder }).aws.id).toBe(second.aws.id);
});

test('accounts and regions are separate', async () => {
  const world = createWorld();
  await world.ec2().send(new CreateSecurityGroupCommand({ GroupName: 'one', Description: 'one' }));
  const named = new DescribeSecurityGroupsCommand({ GroupNames: ['one'] });
  expect(await errorOf(world.ec2({ region: 'eu-west-1' }).send(named))).toBe('InvalidGroup.NotFound');
  expect((await world.ec2().send(named)).SecurityGroups).toHaveLength(1);
});

import {
  AddTagsToResourceCommand,
  DeleteParameterCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  GetParameterHistoryCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  LabelParameterVersionCommand,
  ListTagsForResourceCommand,
  PutParameterCommand,
  type PutParameterCommandInput,
  RemoveTagsFromResourceCommand,
  type SSMClient,
  type Tag,
  UnlabelParameterVersionCommand,
} from '@aws-sdk/client-ssm';
import { expect, test } from 'vitest';
import { createWorld, errorOf } from '../testing/world.ts';

const put = (ssm: SSMClient, input: Partial<PutParameterCommandInput> = {}) =>
  ssm.send(new PutParameterCommand({ Name: '/a/b', Value: 'v', Type: 'String', ...input }));

const of = { ResourceType: 'Parameter' as const, ResourceId: '/a/b' };

const tagsOf = async (ssm: SSMClient) => (await ssm.send(new ListTagsForResourceCommand(of))).TagList;

test('tags are set with a parameter, added and removed; a new version keeps them, a new parameter does not', async () => {
  const ssm = createWorld().ssm();
  await put(ssm, { Tags: [{ Key: 'team', Value: 'web' }] });
  await ssm.send(new AddTagsToResourceCommand({ ...of, Tags: [{ Key: 'empty', Value: '' }] }));
  await put(ssm, { Value: 'w', Overwrite: true });
  expect(await tagsOf(ssm)).toEqual([
    { Key: 'team', Value: 'web' },
    { Key: 'empty', Value: '' },
  ]);
  const found = async (...Values: string[]) => {
    const ParameterFilters = [{ Key: 'tag:team', Values }];
    const { Parameters } = await ssm.send(new DescribeParametersCommand({ ParameterFilters }));
    return Parameters?.map(({ Name }) => Name);
  };
  expect([await found('web'), await found('mail')]).toEqual([['/a/b'], []]);
  await ssm.send(new RemoveTagsFromResourceCommand({ ...of, TagKeys: ['team', 'none'] }));
  expect(await tagsOf(ssm)).toEqual([{ Key: 'empty', Value: '' }]);
  await ssm.send(new DeleteParameterCommand({ Name: '/a/b' }));
  expect(await errorOf(tagsOf(ssm))).toBe('InvalidResourceId');
  await put(ssm);
  expect(await tagsOf(ssm)).toEqual([]);
});

const numbered = (count: number): Tag[] =>
  Array.from({ length: count }, (_, index) => ({ Key: `k${index}`, Value: '' }));

/** `Tag`, and AddTagsToResource, Systems Manager API Reference. */
test.each<[string, string, Tag[]]>([
  ['an empty key', 'ValidationException', [{ Key: '', Value: 'v' }]],
  ['a key of 129 letters', 'ValidationException', [{ Key: 'k'.repeat(129), Value: 'v' }]],
  ['a value of 257 letters', 'ValidationException', [{ Key: 'k', Value: 'v'.repeat(257) }]],
  ['a value with a semicolon', 'ValidationException', [{ Key: 'k', Value: 'a;b' }]],
  ['a reserved key', 'ValidationException', [{ Key: 'aws:k', Value: 'v' }]],
  ['51 tags', 'TooManyTagsError', numbered(51)],
  ['50 tags', 'no error', numbered(50)],
])('%s: %s, with a parameter and added to it', async (_, code, Tags) => {
  const ssm = createWorld().ssm();
  expect(await errorOf(put(ssm, { Name: '/tagged', Tags }))).toBe(code);
  await put(ssm);
  expect(await errorOf(ssm.send(new AddTagsToResourceCommand({ ...of, Tags })))).toBe(code);
  expect(await tagsOf(ssm)).toHaveLength(code === 'no error' ? 50 : 0);
});

test('tags and a new version exclude each other, and tags of other resource types are not implemented', async () => {
  const ssm = createWorld().ssm();
  await put(ssm);
  expect(await errorOf(put(ssm, { Overwrite: true, Tags: numbered(1) }))).toBe('ValidationException');
  const document = new ListTagsForResourceCommand({ ResourceType: 'Document', ResourceId: 'd' });
  expect(await errorOf(ssm.send(document))).toBe('NotImplementedBySandbox');
});

test('the history has every version with its labels, oldest first, in pages', async () => {
  const ssm = createWorld().ssm();
  for (const Value of ['1', '2', '3']) await put(ssm, { Value, Overwrite: true, Description: `d${Value}` });
  const label = { Name: '/a/b', ParameterVersion: 2, Labels: ['stable', '1st', 'aws-mine'] };
  expect(await ssm.send(new LabelParameterVersionCommand(label))).toMatchObject({
    InvalidLabels: ['1st', 'aws-mine'],
    ParameterVersion: 2,
  });
  const versions: unknown[] = [];
  let NextToken: string | undefined;
  do {
    const page = await ssm.send(
      new GetParameterHistoryCommand({ Name: '/a/b', MaxResults: 2, ...(NextToken ? { NextToken } : {}) }),
    );
    versions.push(...(page.Parameters ?? []).map(({ Version, Value, Labels }) => [Version, Value, Labels]));
    NextToken = page.NextToken;
  } while (NextToken);
  expect(versions).toEqual([
    [1, '1', []],
    [2, '2', ['stable']],
    [3, '3', []],
  ]);
  const none = new GetParameterHistoryCommand({ Name: '/none' });
  expect(await errorOf(ssm.send(none))).toBe('ParameterNotFound');
});

test('a label names one version, can be moved and removed, and selects the version to read', async () => {
  const ssm = createWorld().ssm();
  for (const Value of ['1', '2']) await put(ssm, { Value, Overwrite: true });
  const read = async () => (await ssm.send(new GetParameterCommand({ Name: '/a/b:live' }))).Parameter;
  const label = (ParameterVersion?: number) =>
    ssm.send(
      new LabelParameterVersionCommand({
        Name: '/a/b',
        Labels: ['live'],
        ...(ParameterVersion === undefined ? {} : { ParameterVersion }),
      }),
    );
  expect(await errorOf(read())).toBe('ParameterVersionNotFound');
  await label(1);
  expect(await read()).toMatchObject({ Value: '1', Selector: ':live' });
  await label();
  expect(await read()).toMatchObject({ Value: '2', Version: 2 });
  expect(await errorOf(label(3))).toBe('ParameterVersionNotFound');
  const { RemovedLabels, InvalidLabels } = await ssm.send(
    new UnlabelParameterVersionCommand({ Name: '/a/b', ParameterVersion: 2, Labels: ['live', 'dead'] }),
  );
  expect([RemovedLabels, InvalidLabels]).toEqual([['live'], ['dead']]);
  expect(await errorOf(read())).toBe('ParameterVersionNotFound');
});

test('a version has at most ten labels, and the oldest of a hundred versions is not dropped while it has one', async () => {
  const ssm = createWorld().ssm();
  await put(ssm);
  const label = (...Labels: string[]) =>
    errorOf(ssm.send(new LabelParameterVersionCommand({ Name: '/a/b', ParameterVersion: 1, Labels })));
  expect(await label(...Array.from({ length: 10 }, (_, index) => `l${index}`))).toBe('no error');
  expect(await label('more')).toBe('ParameterVersionLabelLimitExceeded');
  for (let version = 2; version <= 100; version += 1) await put(ssm, { Overwrite: true });
  expect(await errorOf(put(ssm, { Overwrite: true }))).toBe('ParameterMaxVersionLimitExceeded');
});

test('a secure string is read in plain text only with decryption', async () => {
  const world = createWorld();
  const ssm = world.ssm();
  await put(ssm, { Value: 'made-up secret', Type: 'SecureString' });
  const read = async (WithDecryption?: boolean) => {
    const asked = { WithDecryption };
    const one = await ssm.send(new GetParameterCommand({ Name: '/a/b', ...asked }));
    const many = await ssm.send(new GetParametersCommand({ Names: ['/a/b'], ...asked }));
    const path = await ssm.send(new GetParametersByPathCommand({ Path: '/a', ...asked }));
    const history = await ssm.send(new GetParameterHistoryCommand({ Name: '/a/b', ...asked }));
    return [one.Parameter, many.Parameters?.[0], path.Parameters?.[0], history.Parameters?.[0]];
  };
  for (const parameter of await read(true)) {
    expect(parameter).toMatchObject({ Type: 'SecureString', Value: 'made-up secret' });
  }
  for (const parameter of await read()) expect(parameter?.Value).not.toContain('secret');
  expect(JSON.stringify(world.aws.calls())).not.toContain('made-up secret');
  const { Parameters } = await ssm.send(new DescribeParametersCommand({}));
  expect(Parameters).toMatchObject([{ Name: '/a/b', KeyId: 'alias/aws/ssm' }]);
});

test('a secure string needs an existing key, and other parameters have none', async () => {
  const world = createWorld({ behaviour: { accounts: [{ kmsKeys: ['alias/ours'] }] } });
  const ssm = world.ssm();
  const secure = (KeyId: string) =>
    errorOf(put(ssm, { Name: '/s', Type: 'SecureString', Overwrite: true, KeyId }));
  expect(await secure('alias/ours')).toBe('no error');
  expect(await secure('alias/theirs')).toBe('InvalidKeyId');
  expect(await errorOf(put(ssm, { KeyId: 'alias/ours' }))).toBe('ValidationException');
});

/** Only AWS Resource Access Manager can share them ("Working with shared parameters"), and the sandbox does not have it. */
test('the ARN of another account’s parameter does not name the caller’s own of that name', async () => {
  const ssm = createWorld().ssm();
  await put(ssm);
  const arn = (account: string) => `arn:aws:ssm:us-east-1:${account}:parameter/a/b`;
  const read = (account: string) => ssm.send(new GetParametersCommand({ Names: [arn(account)] }));
  expect((await read('123456789012')).Parameters).toMatchObject([{ Value: 'v' }]);
  expect(await errorOf(read('210987654321'))).toBe('AccessDeniedException');
});

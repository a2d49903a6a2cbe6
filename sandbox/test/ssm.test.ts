import { DescribeImagesCommand } from '@aws-sdk/client-ec2';
import {
  AddTagsToResourceCommand,
  DeleteParameterCommand,
  DeleteParametersCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  ListTagsForResourceCommand,
  PutParameterCommand,
  type PutParameterCommandInput,
  paginateGetParametersByPath,
  RemoveTagsFromResourceCommand,
} from '@aws-sdk/client-ssm';
import { expect, test } from 'vitest';
import { createWorld, errorOf } from '../testing/world.ts';

const root = '/aws/service/canonical/ubuntu/server';

test.each([
  ['20.04', 'amd64', 'ebs-gp2'],
  ['22.04', 'arm64', 'ebs-gp2'],
  ['24.04', 'amd64', 'ebs-gp3'],
])(
  'Ubuntu %s %s: current is the newest serial’s image, with another id in each region',
  async (release, arch, volume) => {
    const world = createWorld();
    const idIn = async (region: string) => {
      const Name = `${root}/${release}/stable/current/${arch}/hvm/${volume}/ami-id`;
      const { Parameter } = await world.ssm({ region }).send(new GetParameterCommand({ Name }));
      return Parameter?.Value ?? '';
    };
    const id = await idIn('us-east-1');
    expect(await idIn('us-east-1')).toBe(id);
    expect(await idIn('eu-west-1')).not.toBe(id);
    const { Images = [] } = await world.ec2().send(
      new DescribeImagesCommand({
        Owners: ['099720109477'],
        IncludeDeprecated: true,
        Filters: [{ Name: 'name', Values: [`*-${release}-${arch}-server-*`] }],
      }),
    );
    expect(Images).toHaveLength(2);
    const names = Images.map(({ Name = '' }) => Name).sort();
    expect(Images.find(({ ImageId }) => ImageId === id)?.Name).toBe(names[1]);
  },
);

test('parameters that Canonical does not publish do not exist', async () => {
  const ssm = createWorld().ssm();
  for (const path of [
    '12.04/stable/current/amd64/hvm/ebs-gp2',
    '14.04/stable/current/amd64/pv/ebs-gp2',
    '14.04/stable/current/amd64/hvm/instance-store',
    '24.04/stable/current/amd64/hvm/ebs-gp2',
  ]) {
    const get = new GetParameterCommand({ Name: `${root}/${path}/ami-id` });
    expect(await errorOf(ssm.send(get))).toBe('ParameterNotFound');
  }
});

test('a call accepts one to ten names', async () => {
  const ssm = createWorld().ssm();
  const names = (count: number) => Array.from({ length: count }, (_, index) => `/n${index}`);
  const get = (count: number) => ssm.send(new GetParametersCommand({ Names: names(count) }));
  expect((await get(10)).InvalidParameters).toEqual(names(10));
  expect(await errorOf(get(11))).toBe('ValidationException');
  expect(await errorOf(get(0))).toBe('ValidationException');
});

test('a parameter is put, read by name, version and path, and overwritten only on request', async () => {
  const world = createWorld();
  const ssm = world.ssm();
  const put = (input: Partial<PutParameterCommandInput>) =>
    ssm.send(new PutParameterCommand({ Name: '/team/images/web', Value: 'ami-1', Type: 'String', ...input }));
  expect((await put({})).Version).toBe(1);
  expect(await errorOf(put({ Value: 'ami-2' }))).toBe('ParameterAlreadyExists');
  expect((await put({ Value: 'ami-2', Overwrite: true })).Version).toBe(2);
  const get = async (Name: string) => (await ssm.send(new GetParameterCommand({ Name }))).Parameter;
  expect(await get('/team/images/web')).toMatchObject({
    Value: 'ami-2',
    Version: 2,
    ARN: 'arn:aws:ssm:us-east-1:123456789012:parameter/team/images/web',
  });
  expect((await get('/team/images/web:2'))?.Selector).toBe(':2');
  expect(await get('/team/images/web:1')).toMatchObject({
    Name: '/team/images/web',
    Selector: ':1',
    Value: 'ami-1',
    Version: 1,
  });
  expect(await errorOf(get('/team/images/web:3'))).toBe('ParameterVersionNotFound');
  const byPath = async (Path: string, Recursive: boolean) =>
    (await ssm.send(new GetParametersByPathCommand({ Path, Recursive }))).Parameters?.length;
  expect([await byPath('/team', false), await byPath('/team', true), await byPath('/tea', true)]).toEqual([
    0, 1, 0,
  ]);
  expect(
    await errorOf(
      world.ssm({ region: 'eu-west-1' }).send(new GetParameterCommand({ Name: '/team/images/web' })),
    ),
  ).toBe('ParameterNotFound');
});

test('a hundred versions of a parameter are kept', async () => {
  const ssm = createWorld().ssm();
  for (let n = 1; n <= 101; n++) {
    await ssm.send(new PutParameterCommand({ Name: 'p', Value: `v${n}`, Type: 'String', Overwrite: true }));
  }
  const get = (version: number) => ssm.send(new GetParameterCommand({ Name: `p:${version}` }));
  expect((await get(2)).Parameter?.Value).toBe('v2');
  expect(await errorOf(get(1))).toBe('ParameterVersionNotFound');
});

test.each<[string, Partial<PutParameterCommandInput>]>([
  ['AccessDeniedException', { Name: '/aws/service/mine' }],
  ['ValidationException', { Name: 'team/images' }],
  ['ValidationException', { Name: '/with space' }],
  ['ValidationException', { Type: undefined }],
  ['ValidationException', { Value: 'v'.repeat(4097) }],
  ['NotImplementedBySandbox', { Tier: 'Advanced' }],
])('PutParameter answers %s for %j', async (code, input) => {
  const ssm = createWorld().ssm();
  const put = new PutParameterCommand({ Name: '/a', Value: 'v', Type: 'String', ...input });
  expect(await errorOf(ssm.send(put))).toBe(code);
});

test('pages by path contain every public parameter once', async () => {
  const client = createWorld().ssm();
  const names: (string | undefined)[] = [];
  for await (const page of paginateGetParametersByPath(
    { client, pageSize: 7 },
    { Path: root, Recursive: true },
  )) {
    names.push(...(page.Parameters ?? []).map(({ Name }) => Name));
  }
  expect(names).toHaveLength(39);
  expect(new Set(names).size).toBe(39);
});

test('a first-level parameter is the same with and without its slash', async () => {
  const ssm = createWorld().ssm();
  const put = (input: Partial<PutParameterCommandInput>) =>
    ssm.send(new PutParameterCommand({ Name: '/first', Value: 'a', Type: 'String', ...input }));
  await put({});
  expect(await errorOf(put({ Name: 'first' }))).toBe('ParameterAlreadyExists');
  await put({ Name: 'first', Value: 'b', Overwrite: true });
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name: 'first' }));
  expect(Parameter).toMatchObject({ Name: '/first', Value: 'b', Version: 2 });
  await put({ Name: '/deep/first' });
  expect(await errorOf(ssm.send(new GetParameterCommand({ Name: 'deep/first' })))).toBe('ParameterNotFound');
});

test('a deleted parameter is gone; an unknown name is an error by itself, and listed as invalid among others', async () => {
  const ssm = createWorld().ssm();
  for (const Name of ['/a/b', '/c']) {
    await ssm.send(new PutParameterCommand({ Name, Value: 'x', Type: 'String' }));
  }
  const removeAll = new DeleteParametersCommand({ Names: ['c', '/d', '/aws/service'] });
  expect(await ssm.send(removeAll)).toMatchObject({
    DeletedParameters: ['c'],
    InvalidParameters: ['/d', '/aws/service'],
  });
  await ssm.send(new DeleteParameterCommand({ Name: '/a/b' }));
  expect(await errorOf(ssm.send(new DeleteParameterCommand({ Name: '/a/b' })))).toBe('ParameterNotFound');
  const left = await ssm.send(new GetParametersByPathCommand({ Path: '/a', Recursive: true }));
  expect(left.Parameters).toEqual([]);
});

test('tags are set when a parameter is created, later by separate calls, and remain when it is overwritten', async () => {
  const ssm = createWorld().ssm();
  const Name = '/team/web';
  const resource = { ResourceType: 'Parameter', ResourceId: Name } as const;
  const tags = async () => {
    const { TagList = [] } = await ssm.send(new ListTagsForResourceCommand(resource));
    return Object.fromEntries(TagList.map(({ Key, Value }) => [Key, Value]));
  };
  const put = (input: Partial<PutParameterCommandInput>) =>
    ssm.send(new PutParameterCommand({ Name, Value: 'one', Type: 'String', ...input }));
  expect(await errorOf(tags())).toBe('InvalidResourceId');
  await put({ Tags: [{ Key: 'release', Value: 'web@1' }] });
  expect(await tags()).toEqual({ release: 'web@1' });
  const both = put({ Value: 'two', Overwrite: true, Tags: [{ Key: 'release', Value: 'web@2' }] });
  expect(await errorOf(both)).toBe('ValidationException');
  await put({ Value: 'two', Overwrite: true });
  expect(await tags()).toEqual({ release: 'web@1' });
  const Tags = [
    { Key: 'release', Value: 'web@2' },
    { Key: 'b', Value: '' },
  ];
  await ssm.send(new AddTagsToResourceCommand({ ...resource, Tags }));
  expect(await tags()).toEqual({ release: 'web@2', b: '' });
  const found = async (Values: string[], Key = 'tag:release') => {
    const filter = new DescribeParametersCommand({ ParameterFilters: [{ Key, Values }] });
    return ((await ssm.send(filter)).Parameters ?? []).map((parameter) => parameter.Name);
  };
  expect([await found(['web@2']), await found(['web@1']), await found([''], 'tag:c')]).toEqual([
    [Name],
    [],
    [],
  ]);
  await ssm.send(new RemoveTagsFromResourceCommand({ ...resource, TagKeys: ['b'] }));
  expect(await tags()).toEqual({ release: 'web@2' });
  const reserved = new AddTagsToResourceCommand({ ...resource, Tags: [{ Key: 'aws:a', Value: '' }] });
  expect(await errorOf(ssm.send(reserved))).toBe('ValidationException');
  await ssm.send(new DeleteParameterCommand({ Name }));
  expect(await errorOf(tags())).toBe('InvalidResourceId');
});

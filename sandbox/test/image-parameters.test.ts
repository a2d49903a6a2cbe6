import {
  DescribeParametersCommand,
  type DescribeParametersRequest,
  GetParameterCommand,
  PutParameterCommand,
  paginateDescribeParameters,
} from '@aws-sdk/client-ssm';
import { expect, test } from 'vitest';
import { canonicalImage, makeImage } from '../testing/images.ts';
import { createWorld, errorOf, type World } from '../testing/world.ts';

const put = (world: World, Name: string, Value: string, DataType = 'aws:ec2:image') =>
  world.ssm().send(new PutParameterCommand({ Name, Value, DataType, Type: 'String', Overwrite: true }));

const read = async (world: World, Name: string) => {
  try {
    const { Parameter } = await world.ssm().send(new GetParameterCommand({ Name }));
    return `${Parameter?.Value} ${Parameter?.Version} ${Parameter?.DataType}`;
  } catch (error) {
    return (error as Error).name;
  }
};

test('a usable AMI is written; any other is answered as written but is not', async () => {
  const world = createWorld();
  const { id } = await makeImage(world, 'web');
  const ubuntu = await canonicalImage(world);
  expect(await put(world, '/web', id)).toMatchObject({ Version: 1 });
  expect(await put(world, '/web', 'ami-00000000000000001')).toMatchObject({ Version: 2 });
  expect(await put(world, '/wrong', 'no AMI at all')).toMatchObject({ Version: 1 });
  expect(await read(world, '/web')).toBe(`${id} 1 aws:ec2:image`);
  expect(await read(world, '/wrong')).toBe('ParameterNotFound');
  await put(world, '/web', ubuntu);
  expect(await read(world, '/web')).toBe(`${ubuntu} 2 aws:ec2:image`);
  const list = new PutParameterCommand({
    Name: '/list',
    Value: id,
    Type: 'StringList',
    DataType: 'aws:ec2:image',
  });
  expect(await errorOf(world.ssm().send(list))).toBe('ValidationException');
});

test('the old value remains until the new one is validated', async () => {
  const world = createWorld({ behaviour: { speed: { parameter: 30 } } });
  const [old, young] = [await makeImage(world, 'old'), await makeImage(world, 'young')];
  await put(world, '/web', old.id);
  expect(await read(world, '/web')).toBe('ParameterNotFound');
  world.aws.settings.advance(30);
  expect(await read(world, '/web')).toBe(`${old.id} 1 aws:ec2:image`);
  await put(world, '/web', young.id);
  expect(await read(world, '/web')).toBe(`${old.id} 1 aws:ec2:image`);
  world.aws.settings.advance(30);
  expect(await read(world, '/web')).toBe(`${young.id} 2 aws:ec2:image`);
});

test("parameters are listed ten on a page, without values and without AWS's own, and found by filters", async () => {
  const world = createWorld();
  const { id } = await makeImage(world, 'web');
  for (let number = 10; number < 33; number += 1) await put(world, `/web/${number}`, 'text', 'text');
  await put(world, '/web/deep/ami', id);
  await put(world, 'plain', id);
  const sizes: number[] = [];
  const names: string[] = [];
  for await (const { Parameters = [] } of paginateDescribeParameters({ client: world.ssm() }, {})) {
    sizes.push(Parameters.length);
    names.push(...Parameters.map(({ Name = '' }) => Name));
  }
  expect(sizes).toEqual([10, 10, 5]);
  expect(new Set(names).size).toBe(25);
  const found = async (ParameterFilters: DescribeParametersRequest['ParameterFilters']) => {
    const { Parameters = [] } = await world
      .ssm()
      .send(new DescribeParametersCommand({ ParameterFilters, MaxResults: 50 }));
    return Parameters.map(({ Name }) => Name);
  };
  expect(await found([{ Key: 'DataType', Values: ['aws:ec2:image'] }])).toEqual(['/web/deep/ami', 'plain']);
  expect(await found([{ Key: 'Path', Values: ['/web'] }])).toHaveLength(23);
  expect(await found([{ Key: 'Path', Option: 'Recursive', Values: ['/web'] }])).toHaveLength(24);
  expect(await found([{ Key: 'Name', Option: 'Contains', Values: ['deep', '/31'] }])).toEqual([
    '/web/31',
    '/web/deep/ami',
  ]);
  expect(await errorOf(found([{ Key: 'Value', Values: [id] }]))).toBe('InvalidFilterKey');
  expect(await errorOf(found([{ Key: 'Type', Option: 'Contains', Values: ['S'] }]))).toBe(
    'InvalidFilterOption',
  );
  expect(await errorOf(found([{ Key: 'Path', Values: ['web'] }]))).toBe('InvalidFilterValue');
  const junk = new DescribeParametersCommand({ NextToken: 'junk' });
  expect(await errorOf(world.ssm().send(junk))).toBe('InvalidNextToken');
});

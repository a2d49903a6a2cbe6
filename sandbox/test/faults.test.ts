import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateImageCommand,
  CreateKeyPairCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeKeyPairsCommand,
  DescribeRegionsCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { GetParametersCommand } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { expect, test } from 'vitest';
import { createFaults } from '../calls/faults.ts';
import type { Fault, Machine } from '../model/contract.ts';
import { canonicalImage, launch } from '../testing/images.ts';
import { createWorld, errorOf } from '../testing/world.ts';

test('a client that retries succeeds at the third attempt after two throttles', async () => {
  const world = createWorld();
  world.faults.add([{ on: 'ec2:DescribeRegions', times: 2, does: { error: 'RequestLimitExceeded' } }]);
  const answer = await world.ec2({ maxAttempts: 5 }).send(new DescribeRegionsCommand({}));
  expect(answer.$metadata.attempts).toBe(3);
  expect(world.aws.calls().map(({ status }) => status)).toEqual([503, 503, 200]);
  expect(world.faults.list()).toEqual([]);
});

test.each([
  ['UnauthorizedOperation', 403],
  ['InternalError', 500],
  ['InsufficientInstanceCapacity', 500],
  ['RequestExpired', 400],
] as const)('%s comes with HTTP status %i', async (error, status) => {
  const world = createWorld();
  world.faults.add([{ on: 'ec2:*', times: 0, does: { error } }]);
  const call = world.ec2().send(new DescribeRegionsCommand({}));
  await expect(call).rejects.toMatchObject({ name: error, $metadata: { httpStatusCode: status } });
});

test('STS and SSM fail in their own formats', async () => {
  const world = createWorld();
  world.faults.add([
    { on: 'sts:GetCallerIdentity', does: { error: 'ExpiredToken' } },
    { on: 'ssm:*', does: { error: 'ThrottlingException', message: 'Rate exceeded' } },
  ]);
  await expect(world.sts().send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
    Code: 'ExpiredToken',
    $metadata: { httpStatusCode: 403 },
  });
  await expect(world.ssm().send(new GetParametersCommand({ Names: ['/a'] }))).rejects.toMatchObject({
    name: 'ThrottlingException',
    message: 'Rate exceeded',
  });
});

test('a delayed answer describes what is already on disk', async () => {
  let wake = () => {};
  let asleep = () => {};
  const sleeping = new Promise<void>((resolve) => {
    asleep = resolve;
  });
  const world = createWorld({
    sleep: (milliseconds) =>
      new Promise((resolve) => {
        expect(milliseconds).toBe(5000);
        wake = resolve;
        asleep();
      }),
  });
  world.faults.add([{ on: 'ec2:CreateKeyPair', does: { delayAnswer: 5000 } }]);
  let answered = false;
  const call = world
    .ec2()
    .send(new CreateKeyPairCommand({ KeyName: 'held' }))
    .then(() => {
      answered = true;
    });
  await sleeping;
  expect(answered).toBe(false);
  expect(readFileSync(join(world.folder, 'state.ndjson'), 'utf8')).toContain('"name":"held"');
  wake();
  await call;
});

test('neither a dropped call nor a hanging one is carried out', async () => {
  const world = createWorld();
  world.faults.add([
    { on: 'ec2:CreateKeyPair', does: 'drop' },
    { on: 'ec2:CreateKeyPair', does: 'hang' },
  ]);
  const create = () => world.ec2().send(new CreateKeyPairCommand({ KeyName: 'lost' }));
  await expect(create()).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(await errorOf(create())).toBe('TimeoutError');
  expect((await world.ec2().send(new DescribeKeyPairsCommand({}))).KeyPairs).toEqual([]);
  expect(world.aws.calls().map(({ status, error }) => [status, error])).toEqual([
    [0, 'drop'],
    [0, 'hang'],
    [200, undefined],
  ]);
});

test('an instance that fails to start is terminated at the next lookup and has no SSH side', async () => {
  const world = createWorld();
  world.faults.add([{ on: 'ec2:RunInstances', does: { becomes: 'failed', reason: 'no disk' } }]);
  const ImageId = await canonicalImage(world);
  const { Instances } = await world
    .ec2()
    .send(new RunInstancesCommand({ ImageId, InstanceType: 't3.micro', MinCount: 1, MaxCount: 1 }));
  const { Reservations } = await world
    .ec2()
    .send(new DescribeInstancesCommand({ InstanceIds: [Instances?.[0]?.InstanceId ?? ''] }));
  expect(Reservations?.[0]?.Instances?.[0]).toMatchObject({
    State: { Name: 'terminated' },
    StateReason: { Code: 'Server.InternalError', Message: 'no disk' },
  });
  expect(world.machines.size).toBe(0);
});

const call = {
  operation: 'ec2:RunInstances',
  region: 'us-east-1',
  userAgent: 'Packer/1.6.6',
  input: { ImageId: 'ami-1' },
};

test.each<[string, Fault, boolean]>([
  ['the operation', { on: 'ec2:RunInstances', does: 'drop' }, true],
  ['any operation of the service', { on: 'ec2:*', does: 'drop' }, true],
  ['another operation', { on: 'ec2:CreateImage', does: 'drop' }, false],
  ['another service', { on: 'ssm:*', does: 'drop' }, false],
  ['the region', { on: 'ec2:*', region: 'us-east-1', does: 'drop' }, true],
  ['another region', { on: 'ec2:*', region: 'eu-west-1', does: 'drop' }, false],
  ['the user agent in any case', { on: 'ec2:*', userAgent: 'packer', does: 'drop' }, true],
  ['another user agent', { on: 'ec2:*', userAgent: 'botocore', does: 'drop' }, false],
  ['text of the input', { on: 'ec2:*', input: '"ami-1"', does: 'drop' }, true],
  ['other text', { on: 'ec2:*', input: 'ami-2', does: 'drop' }, false],
  ['an SSH rule', { on: 'ssh', does: 'hang' }, false],
])('a fault rule matches a call by %s (%#)', (_, fault, matches) => {
  const faults = createFaults();
  faults.add([fault]);
  expect(faults.forCall(call)).toEqual(matches ? fault : undefined);
});

test('rules are skipped, used up and listed with their remaining uses', () => {
  const faults = createFaults();
  faults.add([
    { on: 'ec2:*', skip: 1, times: 2, does: { error: 'First' } },
    { on: 'ec2:*', times: 0, does: { error: 'Always' } },
  ]);
  const act = () => {
    const does = faults.forCall(call)?.does;
    return typeof does === 'object' && 'error' in does ? does.error : undefined;
  };
  expect([act(), act()]).toEqual(['Always', 'First']);
  expect(faults.list()).toEqual([
    { on: 'ec2:*', skip: 0, times: 1, does: { error: 'First' } },
    { on: 'ec2:*', skip: 0, times: 0, does: { error: 'Always' } },
  ]);
  expect([act(), act(), act()]).toEqual(['First', 'Always', 'Always']);
  faults.clear();
  expect(act()).toBeUndefined();
});

const machine: Machine = {
  instanceId: 'i-1',
  account: '123456789012',
  region: 'us-east-1',
  address: '127.77.0.1',
  publicKeys: [],
  tags: { 'gopackgo:target': 'us-east-1-2204-hvm' },
  image: 'ami-1',
  metadata: { answers: true, hasRole: false },
};

test.each<[Fault, boolean]>([
  [{ on: 'ssh', does: { exit: 9 } }, true],
  [{ on: 'ssh', target: 'us-east-1-2204-hvm', does: { exit: 9 } }, true],
  [{ on: 'ssh', target: 'i-1', does: { exit: 9 } }, true],
  [{ on: 'ssh', target: 'us-east-1-2204', does: { exit: 9 } }, false],
  [{ on: 'ssh', command: '^sudo .*script', does: { exit: 9 } }, true],
  [{ on: 'ssh', command: '^script', does: { exit: 9 } }, false],
  [{ on: 'ec2:*', does: 'drop' }, false],
])('a fault rule %o matches an SSH command: %s', (fault, matches) => {
  const faults = createFaults();
  faults.add([fault]);
  expect(faults.forCommand(machine, 'sudo /tmp/script.sh')).toEqual(matches ? fault : undefined);
});

test.each<[string, Fault]>([
  ['on', { on: 'RunInstances', does: 'drop' }],
  ['must be whole numbers, 0 or more', { on: 'ec2:*', skip: -1, does: 'drop' }],
  ['becomes', { on: 'ec2:StopInstances', does: { becomes: 'failed' } }],
  ['Invalid regular expression', { on: 'ssh', command: '(', does: 'hang' }],
])('a rule that could never act is refused: %s', (message, fault) => {
  expect(() => createFaults().add([fault])).toThrow(message);
});

test('a call whose answer is lost is carried out completely, and a client that repeats it finds the result', async () => {
  const world = createWorld();
  const InstanceId = await launch(world);
  const image = new CreateImageCommand({ InstanceId, Name: 'made once' });
  world.faults.add([{ on: 'ec2:CreateImage', does: { dropAnswer: true } }]);
  expect(await errorOf(world.ec2({ maxAttempts: 2 }).send(image))).toBe('InvalidAMIName.Duplicate');
  const { Images } = await world.ec2().send(new DescribeImagesCommand({ Owners: ['self'] }));
  expect(Images?.map(({ Name }) => Name)).toEqual(['made once']);
  const of = world.aws.calls().filter(({ operation }) => operation === 'CreateImage');
  expect(of.map(({ status, error }) => [status, error?.split(':')[0]])).toEqual([
    [0, 'dropAnswer'],
    [400, 'InvalidAMIName.Duplicate'],
  ]);
});

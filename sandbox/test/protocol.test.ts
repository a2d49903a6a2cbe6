import {
  DescribeImagesCommand,
  DescribeRegionsCommand,
  DescribeVpcsCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { expect, test } from 'vitest';
import { defaultAccount, otherAccount } from '../model/accounts.ts';
import type { AwsRequest, AwsResponse } from '../model/contract.ts';
import { createWorld, errorOf, type World } from '../testing/world.ts';
import { createRequestHandler } from '../wire/request-handler.ts';

interface Tampering {
  /** Before signing. */
  body?: (body: string) => string;
  /** After signing. */
  request?: (request: AwsRequest) => AwsRequest;
}

/** The sandbox's answer, byte for byte, to a call that was modified on its way. */
const rawAnswer = async (
  world: World,
  client: {
    send(command: never): Promise<unknown>;
    config: { requestHandler: unknown };
    middlewareStack: { add: (...parts: never[]) => unknown };
  },
  command: unknown,
  { body, request: change = (request) => request }: Tampering = {},
): Promise<AwsResponse & { text: string }> => {
  let answer: AwsResponse | undefined;
  client.config.requestHandler = createRequestHandler({
    handle: async (request) => {
      const given = await world.aws.handle(change(request));
      if (typeof given === 'string') throw new Error(given);
      answer = given;
      return given;
    },
  });
  const tamper = (next: (args: object) => unknown) => (args: { request: { body: unknown } }) => {
    const before = args.request.body;
    if (body) args.request.body = body(typeof before === 'string' ? before : '');
    return next(args);
  };
  client.middlewareStack.add(tamper as never, { step: 'build', priority: 'low' } as never);
  await client.send(command as never).catch(() => undefined);
  if (!answer) throw new Error('No answer came');
  return { ...answer, text: answer.body.toString('utf8') };
};

const fromRegions = (world: World, tampering?: Tampering) =>
  rawAnswer(world, world.ec2(), new DescribeRegionsCommand({}), tampering);

test('EC2 errors have AWS’s format and a request id', async () => {
  const world = createWorld();
  const answer = await fromRegions(world, { body: (text) => `${text}&Nonsense.1=x` });
  expect(answer.status).toBe(400);
  expect(answer.headers['content-type']).toBe('text/xml;charset=UTF-8');
  expect(answer.text).toMatch(
    /^<\?xml version="1.0" encoding="UTF-8"\?>\n<Response><Errors><Error><Code>UnknownParameter<\/Code><Message>The parameter Nonsense is not recognized<\/Message><\/Error><\/Errors><RequestID>[0-9a-f-]{36}<\/RequestID><\/Response>$/,
  );
});

test.each([
  ['an unknown action', (text: string) => text.replace('DescribeRegions', 'Nonsense'), 400, 'InvalidAction'],
  ['another version', (text: string) => text.replace('2016-11-15', '2006-01-01'), 400, 'NoSuchVersion'],
  ['an unknown member', (text: string) => `${text}&Filter.1.Nonsense=x`, 400, 'UnknownParameter'],
  ['a list without numbers', (text: string) => `${text}&RegionName.first=x`, 400, 'UnknownParameter'],
  ['text for a truth value', (text: string) => `${text}&AllRegions=perhaps`, 400, 'InvalidParameterValue'],
  [
    'text for a number',
    () => 'Action=DescribeImages&Version=2016-11-15&MaxResults=many',
    400,
    'InvalidParameterValue',
  ],
  ['nothing required', () => 'Action=RunInstances&Version=2016-11-15', 400, 'MissingParameter'],
  [
    'an operation that the sandbox lacks',
    () => 'Action=CancelBundleTask&Version=2016-11-15&BundleId=bun-1',
    501,
    'NotImplementedBySandbox',
  ],
  [
    'a parameter that the sandbox lacks',
    () => 'Action=RunInstances&Version=2016-11-15&MinCount=1&MaxCount=1&HibernationOptions.Configured=true',
    501,
    'NotImplementedBySandbox',
  ],
] as const)('%s is refused', async (_, body, status, code) => {
  const answer = await fromRegions(createWorld(), { body });
  expect(answer.status).toBe(status);
  expect(answer.text).toContain(`<Code>${code}</Code>`);
});

test('a refusal names what is not implemented', async () => {
  const world = createWorld();
  const answer = await fromRegions(world, {
    request: (request) => ({ ...request, hostname: 'sqs.us-east-1.amazonaws.com' }),
  });
  expect(answer.status).toBe(501);
  expect(answer.text).toContain('<Code>NotImplementedBySandbox</Code>');
  expect(answer.text).toContain('the host sqs.us-east-1.amazonaws.com');
  const nowhere = await fromRegions(world, {
    request: (request) => ({ ...request, hostname: 'ec2.us-nowhere-1.amazonaws.com' }),
  });
  expect(nowhere.text).toContain('the host ec2.us-nowhere-1.amazonaws.com');
});

test('an answer without members is one root with a request id', async () => {
  const world = createWorld();
  const answer = await fromRegions(world, {
    body: () => 'Action=CreateKeyPair&Version=2016-11-15&KeyName=a',
  });
  const id = /<keyPairId>(key-[0-9a-f]{17})<\/keyPairId>/.exec(answer.text)?.[1] ?? '';
  const tagged = await fromRegions(world, {
    body: () => `Action=CreateTags&Version=2016-11-15&ResourceId.1=${id}&Tag.1.Key=k&Tag.1.Value=v`,
  });
  expect(tagged.text).toMatch(
    /^<\?xml [^>]+>\n<CreateTagsResponse xmlns="http:\/\/ec2\.amazonaws\.com\/doc\/2016-11-15\/"><requestId>[0-9a-f-]{36}<\/requestId><return>true<\/return><\/CreateTagsResponse>$/,
  );
});

test('STS and SSM write errors in their own formats', async () => {
  const world = createWorld();
  const sts = await rawAnswer(world, world.sts(), new GetCallerIdentityCommand({}), {
    body: (text) => text.replace('GetCallerIdentity', 'Nonsense'),
  });
  expect(sts.text).toMatch(
    /^<\?xml [^>]+>\n<ErrorResponse xmlns="https:\/\/sts\.amazonaws\.com\/doc\/2011-06-15\/"><Error><Type>Sender<\/Type><Code>InvalidAction<\/Code><Message>[^<]+<\/Message><\/Error><RequestId>[0-9a-f-]{36}<\/RequestId><\/ErrorResponse>$/,
  );
  const ssm = await rawAnswer(world, world.ssm(), new GetParameterCommand({ Name: '/none' }));
  expect(ssm.status).toBe(400);
  expect(ssm.headers['x-amzn-errortype']).toBe('ParameterNotFound');
  expect(JSON.parse(ssm.text)).toEqual({
    __type: 'ParameterNotFound',
    message: 'Parameter /none not found.',
  });
  const wrong = await rawAnswer(world, world.ssm(), new GetParameterCommand({ Name: '/none' }), {
    body: () => '{"Name":7}',
  });
  expect(JSON.parse(wrong.text)).toMatchObject({ __type: 'SerializationException' });
});

test.each([
  ['an unknown access key', { accessKeyId: 'AKIAUNKNOWN000000000', secretAccessKey: 'x' }],
  ['a wrong secret', { ...defaultAccount, secretAccessKey: 'wrong' }],
])('%s is refused with each service’s own error', async (name, account) => {
  const world = createWorld();
  const isKey = name.includes('key');
  expect(await errorOf(world.ec2({ account }).send(new DescribeRegionsCommand({})))).toBe('AuthFailure');
  expect(await errorOf(world.sts({ account }).send(new GetCallerIdentityCommand({})))).toBe(
    isKey ? 'InvalidClientTokenId' : 'SignatureDoesNotMatch',
  );
  expect(await errorOf(world.ssm({ account }).send(new GetParameterCommand({ Name: '/a' })))).toBe(
    isKey ? 'UnrecognizedClientException' : 'InvalidSignatureException',
  );
});

test.each([
  [
    'no signature',
    ({ headers: { authorization: _, ...headers }, ...request }: AwsRequest) => ({ ...request, headers }),
    403,
    'MissingAuthenticationToken',
  ],
  [
    'a signature for another region',
    (request: AwsRequest) => ({ ...request, hostname: 'ec2.eu-west-1.amazonaws.com' }),
    401,
    'AuthFailure',
  ],
  [
    'a body changed after signing',
    (request: AwsRequest) => ({ ...request, body: Buffer.from(`${request.body}&AllRegions=true`) }),
    401,
    'AuthFailure',
  ],
] as const)('%s is refused', async (_, request, status, code) => {
  const answer = await fromRegions(createWorld(), { request });
  expect(answer.status).toBe(status);
  expect(answer.text).toContain(`<Code>${code}</Code>`);
});

test('a region that the account has not opted in to rejects its credentials', async () => {
  const world = createWorld();
  const ec2 = world.ec2({ region: 'ap-east-1' });
  expect(await errorOf(ec2.send(new DescribeRegionsCommand({})))).toBe('AuthFailure');
  const [off, all] = await Promise.all([
    world.ec2().send(new DescribeRegionsCommand({})),
    world.ec2().send(new DescribeRegionsCommand({ AllRegions: true })),
  ]);
  expect(off.Regions).toHaveLength(17);
  expect(all.Regions?.find(({ RegionName }) => RegionName === 'ap-east-1')?.OptInStatus).toBe('not-opted-in');
});

test('DryRun checks and changes nothing', async () => {
  const world = createWorld();
  const ec2 = world.ec2();
  const images = await ec2.send(new DescribeImagesCommand({ Owners: ['099720109477'] }));
  const image = images.Images?.find(({ Architecture }) => Architecture === 'x86_64')?.ImageId;
  const run = (ImageId: string | undefined) =>
    ec2.send(
      new RunInstancesCommand({ ImageId, InstanceType: 't3.micro', MinCount: 1, MaxCount: 1, DryRun: true }),
    );
  expect(await errorOf(run(image))).toBe('DryRunOperation');
  expect(await errorOf(run('ami-00000000000000000'))).toBe('InvalidAMIID.NotFound');
  expect(world.aws.running()).toEqual([]);
  expect(world.machines.size).toBe(0);
});

test('calls are logged without credentials, key material or user data', async () => {
  const world = createWorld();
  await errorOf(
    world.ec2().send(
      new RunInstancesCommand({
        ImageId: 'ami-0123',
        MinCount: 1,
        MaxCount: 1,
        UserData: 'c2VjcmV0LXRleHQ=',
      }),
    ),
  );
  await world.ec2({ account: otherAccount }).send(new DescribeVpcsCommand({}));
  const [run, vpcs] = world.aws.calls();
  expect(run).toMatchObject({
    service: 'ec2',
    operation: 'RunInstances',
    region: 'us-east-1',
    account: defaultAccount.id,
    status: 400,
    error: expect.stringMatching(/^InvalidAMIID\.Malformed: /),
    input: { ImageId: 'ami-0123', UserData: '(redacted)' },
  });
  expect(vpcs).toMatchObject({ operation: 'DescribeVpcs', account: otherAccount.id, status: 200 });
  expect(JSON.stringify(world.aws.calls())).not.toMatch(/c2VjcmV0|AWS4-HMAC|Signature=|made-up/);
});

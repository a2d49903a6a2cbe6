import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import { DescribeRegionsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { IAMClient, ListInstanceProfilesCommand } from '@aws-sdk/client-iam';
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { ListServiceQuotasCommand, ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { expect, it, onTestFinished } from 'vitest';
import { startSandbox } from '../../index.ts';
import { errorOf } from '../../testing/world.ts';
import { temporaryFolder } from './stand-in.ts';
import { askDirectly, askThrough } from './tunnel.ts';

const started = async () => {
  const sandbox = await startSandbox({ folder: temporaryFolder() });
  onTestFinished(() => sandbox.close());
  const config = (region = 'us-east-1') => ({
    region,
    endpoint: sandbox.url,
    credentials: sandbox.credentials,
    maxAttempts: 1,
  });
  return { sandbox, config };
};

it("serves each service at the sandbox's address, by the service in a request's signature", async () => {
  const { sandbox, config } = await started();
  await new STSClient(config()).send(new GetCallerIdentityCommand({}));
  await new EC2Client(config('eu-west-1')).send(new DescribeRegionsCommand({}));
  await new AutoScalingClient(config()).send(new DescribeAutoScalingGroupsCommand({}));
  await new IAMClient(config()).send(new ListInstanceProfilesCommand({}));
  await new ServiceQuotasClient(config()).send(new ListServiceQuotasCommand({ ServiceCode: 'ec2' }));
  await new SSMClient(config('eu-west-1')).send(
    new PutParameterCommand({ Name: '/a', Value: 'b', Type: 'String' }),
  );
  expect(
    sandbox.calls().map((call) => `${call.service}:${call.operation} ${call.region} ${call.status}`),
  ).toEqual([
    'sts:GetCallerIdentity us-east-1 200',
    'ec2:DescribeRegions eu-west-1 200',
    'autoscaling:DescribeAutoScalingGroups us-east-1 200',
    'iam:ListInstanceProfiles us-east-1 200',
    'servicequotas:ListServiceQuotas us-east-1 200',
    'ssm:PutParameter eu-west-1 200',
  ]);
  expect(sandbox.refusals()).toEqual([]);
});

it('serves S3 by path and by subdomains of localhost, signed, presigned and anonymous', async () => {
  const { sandbox, config } = await started();
  const s3 = new S3Client(config('eu-west-1'));
  const Bucket = 'a-bucket';
  const LocationConstraint = 'eu-west-1' as const;
  await s3.send(
    new CreateBucketCommand({
      Bucket,
      ObjectOwnership: 'ObjectWriter',
      CreateBucketConfiguration: { LocationConstraint },
    }),
  );
  const PublicAccessBlockConfiguration = { BlockPublicAcls: false };
  await s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration }));
  const Body = Buffer.alloc(5 * 1024 * 1024, 'x');
  await s3.send(new PutObjectCommand({ Bucket, Key: 'f/a b', Body, ACL: 'public-read' }));
  const inSubdomain = { Host: `${Bucket}.localhost:${new URL(sandbox.url).port}` };
  const asNobody = [
    await askDirectly(sandbox.url, `/${Bucket}/f/a%20b`),
    await askDirectly(sandbox.url, '/f/a%20b', { headers: inSubdomain }),
  ];
  expect(asNobody.map(({ status, text }) => [status, text.length])).toEqual([
    [200, Body.length],
    [200, Body.length],
  ]);
  expect((await askDirectly(sandbox.url, `/${Bucket}/f/none`)).text).toContain('<Code>AccessDenied</Code>');
  const elsewhere = new S3Client(config('us-east-1'));
  const asked = elsewhere.send(new GetObjectCommand({ Bucket, Key: 'f/a b' }));
  expect(await errorOf(asked)).toBe('PermanentRedirect');
  expect((await s3.send(new HeadObjectCommand({ Bucket, Key: 'f/a b' }))).ContentLength).toBe(Body.length);
});

it.each([
  [
    'a query',
    { 'content-type': 'application/x-www-form-urlencoded' },
    'Action=DescribeRegions&Version=2016-11-15',
    'ec2:DescribeRegions',
    'MissingAuthenticationToken',
  ],
  [
    'a query',
    { 'content-type': 'application/x-www-form-urlencoded' },
    'Action=GetCallerIdentity&Version=2011-06-15',
    'sts:GetCallerIdentity',
    'MissingAuthenticationToken',
  ],
  [
    'JSON',
    { 'x-amz-target': 'AmazonSSM.GetParameters' },
    '{"Names": ["/a"]}',
    'ssm:GetParameters',
    'MissingAuthenticationTokenException',
  ],
  ['a bucket', {}, '', 's3:ListBuckets', 'AccessDenied'],
])('without a signature, %s is for %s', async (_, headers, body, called, code) => {
  const { sandbox } = await started();
  const method = body === '' ? 'GET' : 'POST';
  const answer = await askDirectly(sandbox.url, '/', {
    method,
    headers: headers as Record<string, string>,
    body,
  });
  expect(answer.text).toContain(code);
  expect(sandbox.calls().map(({ service, operation }) => `${service}:${operation}`)).toEqual([called]);
});

it('has its own requests under /_sandbox/, and answers no web page and no other host', async () => {
  const { sandbox } = await started();
  expect((await askDirectly(sandbox.url, '/_sandbox/settings')).status).toBe(200);
  expect((await askDirectly(sandbox.url, '/_sandbox/none')).text).toContain('The sandbox has no GET');
  const { port } = new URL(sandbox.url);
  for (const headers of [
    { Origin: 'https://example.net' },
    { 'Sec-Fetch-Site': 'cross-site' },
    { Host: `example.net:${port}` },
    { Host: `localhost.example.net:${port}` },
  ]) {
    expect((await askDirectly(sandbox.url, '/', { headers: headers as Record<string, string> })).status).toBe(
      403,
    );
  }
  expect(sandbox.calls()).toEqual([]);
});

it.each([
  ['ec2.mars-north-1.amazonaws.com', '<Response><Errors><Error><Code>NotImplementedBySandbox'],
  ['a-bucket.s3.mars-north-1.amazonaws.com', '<Error><Code>NotImplementedBySandbox'],
  ['ec2.cn-north-1.amazonaws.com.cn', '<Response><Errors><Error><Code>NotImplementedBySandbox'],
  ['sts.us-gov-west-1.amazonaws.com', '<Error><Type>Receiver</Type><Code>NotImplementedBySandbox'],
  ['ssm.eusc-de-east-1.amazonaws.eu', '{"__type":"NotImplementedBySandbox"'],
  ['a-bucket.s3.cn-north-1.amazonaws.com.cn', '<Error><Code>NotImplementedBySandbox'],
])('%s answers in the format of its service, through the proxy', async (host, text) => {
  const { sandbox } = await started();
  const answer = await askThrough(sandbox.url, sandbox.ca, `https://${host}/`, { method: 'GET' });
  expect(answer.text).toContain(text);
  expect(answer.status).toBe(501);
  expect(answer.text).toContain(host.includes('mars') ? `the host ${host}` : 'no China, no GovCloud');
});

it('also says by endpoint URL that it has no China and no GovCloud', async () => {
  const { config } = await started();
  for (const region of ['cn-north-1', 'us-gov-west-1']) {
    const asked = new STSClient(config(region)).send(new GetCallerIdentityCommand({}));
    await expect(asked).rejects.toMatchObject({
      name: 'NotImplementedBySandbox',
      message: expect.stringContaining('the sandbox has no China, no GovCloud'),
    });
  }
});

import * as iam from '@aws-sdk/client-iam';
import * as serviceQuotas from '@aws-sdk/client-service-quotas';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createMirror, serviceNamed, serviceOf } from '../../sandbox/testing/internals.ts';
import { holdExercised, type Sighting } from './exercised.ts';
import { judge, judged } from './judge.ts';
import { type JudgedSandbox, judgedSandbox } from './judged-sandbox.ts';
import { answerOfScript } from './python.ts';

interface Difference {
  operation: string;
  side: 'request' | 'answer' | 'both';
  /** Path of the leaf; empty if nothing could be read. */
  at: string;
  expected?: unknown;
  found: unknown;
}

interface Mirrored {
  operations: string[];
  leaves: number;
  differences: Difference[];
}

/** Operations of the SDK that the pinned botocore does not have: its model of EC2 is some days older. */
const notInBotocore = [
  'AssociateNetworkingFlexCostAllocationPolicy',
  'CreateMetricCategory',
  'CreateNetworkingFlexCostAllocationPolicy',
  'DeleteMetricCategory',
  'DeleteNetworkingFlexCostAllocationPolicies',
  'DescribeMetricCategories',
  'DescribeNetworkingFlexCostAllocationPolicies',
  'DescribeNetworkingFlexCostAllocationPolicyAssociations',
  'DisassociateNetworkingFlexCostAllocationPolicy',
  'GetNetworkingFlexCostAllocationPolicyVersions',
  'ModifyMetricCategory',
  'ModifyNetworkingFlexCostAllocationPolicy',
];

/** Changes that botocore itself makes to a request. */
const changedByBotocore: Record<string, Record<string, string>> = {
  autoscaling: { 'request of CreateLaunchConfiguration .UserData': 'it encodes user data in base64' },
  ec2: {
    'request of CopySnapshot .DestinationRegion': 'it names the region of the client',
    'request of CopySnapshot .PresignedUrl': 'it signs the request for the source region',
    'request of RunInstances .UserData': 'it encodes user data in base64',
  },
};

const services = [
  await serviceNamed('autoscaling'),
  await serviceNamed('ec2'),
  await serviceNamed('sns'),
  await serviceNamed('ssm'),
  await serviceNamed('sts'),
  serviceOf(
    'iam',
    {
      protocol: 'awsQuery',
      version: '2010-05-08',
      namespace: 'https://iam.amazonaws.com/doc/2010-05-08/',
      target: '',
    },
    iam,
  ),
  serviceOf(
    'service-quotas',
    { protocol: 'awsJson1.1', version: '2019-06-24', namespace: '', target: 'ServiceQuotasV20190624' },
    serviceQuotas,
  ),
];

const name = 'botocore, requests and answers of every operation';
const environment = judge(name);

describe.skipIf(!environment)('botocore', () => {
  let judgedOne: JudgedSandbox;
  const all = { operations: 0, leaves: 0 };
  const seen: Sighting[] = [];
  beforeAll(async () => {
    judgedOne = await judgedSandbox({ mirror: createMirror(services) });
  });
  afterAll(async () => {
    await judgedOne.close();
    judged(name, `${all.operations} operations of ${services.length} services, ${all.leaves} leaves`);
  });

  test.each(services)('reads and writes every operation of $name as the sandbox does', async (service) => {
    if (!environment) return;
    const words = ['mirror.py', judgedOne.sandbox.url, service.name];
    const { operations, leaves, differences } = await answerOfScript<Mirrored>(environment, words);
    const change = ({ side, operation, at }: Difference) => `${side} of ${operation} ${at}`;
    const expected = Object.keys(changedByBotocore[service.name] ?? {});
    expect(differences.filter((one) => !expected.includes(change(one)))).toEqual([]);
    expect(differences.map(change)).toEqual(expect.arrayContaining(expected));
    const left = [...service.operations.keys()].filter((operation) => !operations.includes(operation));
    expect(left.sort()).toEqual(service.name === 'ec2' ? notInBotocore : []);
    for (const operation of operations) {
      const known = differences.filter((one) => one.operation === operation).map(change);
      seen.push({ operation: `${service.name}:${operation}`, differences: known });
    }
    all.operations += operations.length;
    all.leaves += leaves;
  });

  test('covers exactly the recorded operations', () => holdExercised('mirror', name, seen));
});

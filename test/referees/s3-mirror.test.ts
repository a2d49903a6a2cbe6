import { expect, onTestFinished, test } from 'vitest';
import { createMirror, serviceNamed } from '../../sandbox/testing/internals.ts';
import { holdExercised } from './exercised.ts';
import { judge, judged } from './judge.ts';
import { judgedSandbox } from './judged-sandbox.ts';
import { answerOfScript } from './python.ts';

interface Difference {
  operation: string;
  side: 'request' | 'answer' | 'both';
  at: string;
}

interface Mirrored {
  operations: string[];
  leaves: number;
  differences: Difference[];
}

const name = 'botocore, requests and answers of every operation of S3';
const environment = judge(name);

/** Differences between the two models, or members that only one has. */
const known: Record<string, string> = {
  'both of GetBucketLifecycle ': 'deprecated; the SDK has left it out',
  'both of GetBucketNotification ': 'deprecated; the SDK has left it out',
  'both of PutBucketLifecycle ': 'deprecated; the SDK has left it out',
  'both of PutBucketNotification ': 'deprecated; the SDK has left it out',
  'answer of GetObject .ExpiresString': 'botocore adds the text of Expires by itself',
  'answer of HeadObject .ExpiresString': 'botocore adds the text of Expires by itself',
  'request of GetObjectAttributes .PartNumberMarker': 'a number in botocore, text in the SDK',
  'request of ListParts .PartNumberMarker': 'a number in botocore, text in the SDK',
};

test.skipIf(!environment)('reads and writes every operation of S3 as the sandbox does', async () => {
  if (!environment) return;
  const service = await serviceNamed('s3');
  const { sandbox, close } = await judgedSandbox({ mirror: createMirror([service]) });
  onTestFinished(close);
  const { operations, leaves, differences } = await answerOfScript<Mirrored>(environment, [
    's3_mirror.py',
    sandbox.url,
  ]);
  const found = differences.map(({ side, operation, at }) => `${side} of ${operation} ${at}`);
  expect(found.sort()).toEqual(Object.keys(known).sort());
  expect(operations.length).toBeGreaterThan(100);
  judged(name, `${operations.length} operations, ${leaves} leaves`);
  const seen = operations.map((operation) => ({ operation: `s3:${operation}` }));
  await holdExercised('s3-mirror', name, seen);
});

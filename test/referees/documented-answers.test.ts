import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createMirror, serviceNamed } from '../../sandbox/testing/internals.ts';
import { answerTo, documentedExamples, type Example } from './documented-examples.ts';
import { holdExercised } from './exercised.ts';
import { judge, judged } from './judge.ts';

const name = 'documented answers, written and read back';
const environment = judge(name);

/** Examples with unusable output, with the reason: the known flaws of the pinned documentation. */
const unusable = JSON.parse(
  readFileSync(join(import.meta.dirname, 'differences-documented-answers.json'), 'utf8'),
) as Record<string, string>;

type Output = Example | { name: string; unusable: string };

it.skipIf(!environment)('writes every documented answer so that botocore reads the same', async () => {
  if (!environment) return;
  // IAM's pages show policies unfolded, as the AWS CLI prints them, and not as IAM writes them.
  const shown = (await documentedExamples(environment)).filter(
    ({ service, output }) => service !== 'iam' && output !== '',
  );
  const outputs = await answerTo<Output[]>(environment, ['documented_answers.py', 'outputs'], shown);
  const left = outputs.flatMap((one) => ('unusable' in one ? [[one.name, one.unusable] as const] : []));
  expect(Object.fromEntries(left)).toEqual(unusable);
  const services = await Promise.all((['autoscaling', 'ec2', 'ssm', 'sts'] as const).map(serviceNamed));
  const mirror = createMirror(services);
  const written = outputs.flatMap((one) =>
    'unusable' in one ? [] : [{ ...one, answer: mirror.answer(one) }],
  );
  expect(await answerTo(environment, ['documented_answers.py', 'read'], written)).toEqual([]);
  const seen = written.map(({ service, operation }) => ({ operation: `${service}:${operation}` }));
  await holdExercised('answers', name, seen);
  judged(name, `${written.length} of ${shown.length}; the other ${left.length} are flawed`);
});

import { expect, onTestFinished, test } from 'vitest';
import { holdExercised } from './exercised.ts';
import { judge, judged } from './judge.ts';
import { judgedSandbox } from './judged-sandbox.ts';
import beyond from './moto-tests.json' with { type: 'json' };
import { answerOfScript } from './python.ts';

const name = "moto's own tests, verified against AWS by its maintainers";
const environment = judge(name);

interface Outcome {
  passed: boolean;
  lacks: string[];
  calls: string[];
  message: string;
}

/** The tests of EC2 are separate, since they take as long as all of these. */
const otherSuites = ['test_s3', 'test_servicequotas', 'test_ssm', 'test_sts'];

/**
 * They run as against AWS itself, through the proxy. `moto-tests.json` holds the operations that the sandbox does not
 * have, and why; a test that needs one of them says nothing about the rest.
 */
test.skipIf(!environment)('pass as on AWS, unless they need operations that the sandbox lacks', async () => {
  if (!environment) return;
  const run = async (suites: string[]): Promise<Record<string, Outcome>> => {
    const { variables, close } = await judgedSandbox();
    onTestFinished(close);
    return answerOfScript(environment, ['moto_tests.py', environment.motoSource, ...suites], variables);
  };
  const outcomes = await Promise.all([run(['test_ec2']), run(otherSuites)]);
  const all = outcomes.flatMap((some) => Object.entries(some));
  const failed = all.filter(([, { passed }]) => !passed);
  expect(failed.filter(([, { lacks }]) => lacks.length === 0)).toEqual([]);
  const lacking = [...new Set(failed.flatMap(([, { lacks }]) => lacks))];
  expect(lacking.sort()).toEqual(Object.keys(beyond).sort());
  const passed = all.length - failed.length;
  expect(passed).toBeGreaterThan(0);
  const seen = all.flatMap(([, one]) => (one.passed ? one.calls.map((operation) => ({ operation })) : []));
  await holdExercised('moto-tests', name, seen);
  judged(name, `${passed} passed, ${failed.length} need operations that the sandbox does not have`);
});

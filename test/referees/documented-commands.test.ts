import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { defaultAccount } from '../../sandbox/testing/index.ts';
import { operations } from '../../sandbox/testing/internals.ts';
import { answerTo, documentedExamples, type Example } from './documented-examples.ts';
import { region } from './documented-records.ts';
import { runnable, seedFor } from './documented-seeds.ts';
import { openWorld } from './documented-world.ts';
import { holdExercised } from './exercised.ts';
import { judge, judged } from './judge.ts';

const name = 'documented commands';
const environment = judge(name);

interface Result {
  name: string;
  status: number;
  stderr: string;
  /** Keys of the documented output that the answer lacks; null if one of them is no JSON. */
  lacking: string[] | null;
}

/** Examples that are not answered as documented: with an error that contains this, or without these keys. */
interface Difference {
  examples: string[];
  says?: string;
  lacking?: string[];
  reason: string;
}

const differences = JSON.parse(
  readFileSync(join(import.meta.dirname, 'differences-documented-commands.json'), 'utf8'),
) as Difference[];

const isListed = ({ name, status, stderr, lacking }: Result): boolean =>
  differences.some((difference) => {
    if (!difference.examples.includes(name)) return false;
    if (status !== 0) return difference.says !== undefined && stderr.includes(difference.says);
    return JSON.stringify(difference.lacking) === JSON.stringify(lacking);
  });

it.skipIf(!environment)('answers the documented commands with every documented key', async () => {
  if (!environment) return;
  const handled = (await documentedExamples(environment)).filter(
    ({ service, operation }) => operation in operations[service],
  );
  const jobs: object[] = [];
  for (const { service, operation, output, ...example } of handled) {
    const command = runnable(example.command);
    const world = await openWorld(seedFor(operation, command));
    onTestFinished(world.close);
    jobs.push({ ...example, command, output, url: world.url });
  }
  const run = (some: object[]): Promise<Result[]> =>
    answerTo<Result[]>(environment, ['documented_commands.py'], some, {
      AWS_ACCESS_KEY_ID: defaultAccount.accessKeyId,
      AWS_SECRET_ACCESS_KEY: defaultAccount.secretAccessKey,
      AWS_DEFAULT_REGION: region,
      AWS_MAX_ATTEMPTS: '1',
    });
  // Concurrently: a single process takes too long on a busy machine.
  const half = Math.ceil(jobs.length / 2);
  const results = (await Promise.all([run(jobs.slice(0, half)), run(jobs.slice(half))])).flat();
  const different = results.filter(({ status, lacking }) => status !== 0 || (lacking?.length ?? 0) > 0);
  expect(different.filter((one) => !isListed(one))).toEqual([]);
  const found = different.map((one) => one.name);
  expect(differences.flatMap(({ examples }) => examples).filter((one) => !found.includes(one))).toEqual([]);
  const isAnswered = (one: Example): boolean =>
    results.some(({ name: example, status }) => example === one.name && status === 0);
  const answered = new Set(handled.filter(isAnswered).map(nameOf));
  const seen = handled
    .map((one) => ({
      operation: nameOf(one),
      differences: found.filter((example) => example === one.name),
    }))
    .filter(({ operation }) => answered.has(operation));
  await holdExercised('commands', name, seen, 'differences-documented-commands.json');
  const compared = results.filter(({ lacking }) => lacking !== null).length;
  judged(
    name,
    `${results.length} run, ${compared} answers compared with documented ones, ${found.length} known differences`,
  );
});

const nameOf = ({ service, operation }: Example): string => `${service}:${operation}`;

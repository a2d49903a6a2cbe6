import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import listed from './differences.json' with { type: 'json' };
import { differencesOf, isOneOf, judgeDifferences, type KnownDifference, type Trace } from './differences.ts';
import { holdExercised, type Sighting } from './exercised.ts';
import { judge, judged } from './judge.ts';
import { type JudgedSandbox, judgedSandbox } from './judged-sandbox.ts';
import { type MotoServer, motoServer } from './moto-server.ts';
import { answerOfScript } from './python.ts';

const name = 'moto, scenarios';
const environment = judge(name);
const known: KnownDifference[] = listed;
const scenarios = readdirSync(join(import.meta.dirname, 'scenarios'))
  .map((file) => file.replace(/\.py$/, ''))
  .filter((file) => file !== 'base_image')
  .sort();

/**
 * Each scenario is written once and runs on the sandbox and on moto's server. If they answer differently, the
 * sandbox is fixed, or `differences.json` says which of the two is right, and by which page of AWS.
 */
describe.skipIf(!environment)('the sandbox and moto', () => {
  let sandbox: JudgedSandbox;
  let moto: MotoServer;
  let folder: string;
  let steps = 0;
  const seen: Sighting[] = [];

  beforeAll(async () => {
    if (!environment) return;
    folder = mkdtempSync(join(tmpdir(), 'moto-'));
    sandbox = await judgedSandbox();
    const images = await answerOfScript(environment, ['moto_images.py'], sandbox.variables);
    moto = await motoServer(environment, folder, images);
  });
  afterAll(async () => {
    await moto?.close();
    await sandbox?.close();
    rmSync(folder, { recursive: true, force: true });
    judged(
      name,
      `${scenarios.length} scenarios of ${steps} steps, ${known.length} known kinds of difference`,
    );
  });

  test.each(scenarios)('answer alike, or it is known why not: %s', async (scenario) => {
    if (!environment) return;
    const run = async (variables: Record<string, string>): Promise<Trace> => {
      const traces = await answerOfScript<Record<string, Trace>>(
        environment,
        ['trace.py', scenario],
        variables,
      );
      return traces[scenario] ?? {};
    };
    const [ours, theirs] = await Promise.all([
      run(sandbox.variables),
      run({
        AWS_ENDPOINT_URL: moto.url,
        AWS_ACCESS_KEY_ID: 'made-up',
        AWS_SECRET_ACCESS_KEY: 'made-up',
        AWS_DEFAULT_REGION: 'us-east-1',
      }),
    ]);
    steps += Object.keys(ours).length;
    const found = differencesOf(ours, theirs);
    const { unlisted, gone } = judgeDifferences(scenario, found, known);
    for (const [step, { operation }] of Object.entries(ours)) {
      const its = found.filter((one) => one.step === step);
      const differences = known.filter(
        (one) => one.scenarios.includes(scenario) && its.some((difference) => isOneOf(one, difference)),
      );
      seen.push({ operation: String(operation), differences });
    }
    expect(unlisted).toEqual([]);
    expect(gone).toEqual([]);
  });

  test('use exactly the recorded operations', () => holdExercised('moto', name, seen, 'differences.json'));

  test('no known difference belongs to a missing scenario', () => {
    expect([...new Set(known.flatMap((one) => one.scenarios))].sort()).toEqual(scenarios);
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { defaultAccount } from '../../sandbox/testing/index.ts';
import {
  operations,
  requiredMembers,
  type ServiceName,
  serviceNamed,
} from '../../sandbox/testing/internals.ts';
import { answerTo } from './documented-examples.ts';
import { openWorld } from './documented-world.ts';
import { holdExercised } from './exercised.ts';
import { judge, judged } from './judge.ts';
import {
  type Difference,
  documentedCode,
  documentedStatus,
  isOf,
  type Observation,
} from './negative-expectations.ts';
import { seed, validRequest } from './negative-requests.ts';

const environment = judge('negative requests');

/** botocore's name of a service if it differs from its host. */
const names: Record<string, string> = { servicequotas: 'service-quotas' };

const judgedProtocols = new Set<string>(['ec2Query', 'awsQuery', 'awsJson1.1']);

const differences = JSON.parse(
  readFileSync(join(import.meta.dirname, 'differences-negative.json'), 'utf8'),
) as Difference[];

/** Sends each operation's wrong requests to a separate world. */
const observe = async (): Promise<{ seen: Observation[]; changed: string[] }> => {
  if (!environment) return { seen: [], changed: [] };
  const jobs = [];
  for (const [service, its] of Object.entries(operations)) {
    const { operations: schemas, protocol } = await serviceNamed(service as ServiceName);
    if (!judgedProtocols.has(protocol)) continue;
    for (const [operation, { knows }] of Object.entries(its)) {
      const schema = schemas.get(operation);
      const world = await openWorld(seed);
      onTestFinished(world.close);
      const base = validRequest(service, operation, schema ? requiredMembers(schema.input) : []);
      jobs.push({ service: names[service] ?? service, operation, world, base, knows: [...knows] });
    }
  }
  const credentials = [defaultAccount.accessKeyId, defaultAccount.secretAccessKey];
  const asked = jobs.map(({ world, ...job }) => ({ ...job, url: world.url, credentials }));
  const seen = await answerTo<Observation[]>(environment, ['negative_requests.py'], asked);
  const accepted = (name: string) => seen.filter(({ operation, code }) => operation === name && code === '');
  const changed = jobs.filter(({ world, operation }) => world.changes() > accepted(operation).length);
  return { seen, changed: changed.map(({ operation }) => operation) };
};

/**
 * The API's model has `Windows`; EC2 answers `windows` (the outputs of describe-images and describe-instances in AWS's own
 * guides), which is what clients compare with.
 */
const knownProblems = new Set(['/imagesSet/platform is none of its values: windows']);

it.skipIf(!environment)(
  'refuses wrong requests with the codes that AWS documents, and changes nothing',
  async () => {
    const { seen, changed } = await observe();
    const described = ({ service, operation, kind, at, prefix, status, code, message }: Observation) =>
      `${service}:${operation} ${kind} ${at} ${prefix}: ${status} ${code} ${message}`;
    const used = new Set<Difference>();
    const wrong = seen.filter((one) => {
      const difference = differences.find((listed) => isOf(listed, one));
      if (difference) used.add(difference);
      const expected = difference ? difference.answered : documentedCode(one);
      return one.code !== expected || one.status !== documentedStatus(expected);
    });
    expect({
      wrong: wrong.map(described),
      problems: seen.filter(({ problems }) => !problems.every((one) => knownProblems.has(one))),
      changed,
      unused: differences.filter((one) => !used.has(one)),
    }).toEqual({ wrong: [], problems: [], changed: [], unused: [] });
    const sightings = seen.map((one) => ({
      operation: `${one.service}:${one.operation}`,
      differences: differences.filter((listed) => isOf(listed, one)),
    }));
    await holdExercised('refusals', 'negative requests', sightings, 'differences-negative.json');
    judged(
      'negative requests',
      `${seen.length} requests to ${new Set(seen.map((one) => one.operation)).size} operations`,
    );
  },
);

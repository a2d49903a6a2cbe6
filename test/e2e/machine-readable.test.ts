import { readFile } from 'node:fs/promises';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ResultTarget, RunEvent } from '../../src/model/events.ts';
import { eventsOf, resultOf } from './events.ts';
import { scriptEnds } from './faults.ts';
import { newProject, type Project, type Run, until } from './project.ts';

type Schema = Record<string, unknown> & {
  properties?: Record<string, Schema>;
  items?: Schema;
  definitions?: Record<string, Schema>;
};

const file = new URL('../../docs/output.schema.json', import.meta.url);
const schema: Schema = JSON.parse(await readFile(file, 'utf8'));
const ajv = new Ajv({ allErrors: true, allowUnionTypes: true }).addSchema(schema, 'output');

/** The errors in a document, as text; empty if it matches the schema. */
function wrong(document: unknown, definition: string): string {
  const validate = ajv.getSchema(`output#/definitions/${definition}`);
  if (!validate) throw new Error(`the schema has no ${definition}`);
  return validate(document) ? '' : `${ajv.errorsText(validate.errors)}: ${JSON.stringify(document)}`;
}

interface Told {
  run: Run;
  resultFile: unknown;
}

let project: Project;
let plan: Run;
let status: Run;
const runs: Record<'interrupted' | 'failed' | 'good', Told | undefined> = {
  interrupted: undefined,
  failed: undefined,
  good: undefined,
};

/** One release, in three runs: interrupted, failed at one target, finished. */
beforeAll(async () => {
  project = await newProject();
  const noble = 'us-east-1-2404-hvm';
  const sandbox = await project.sandbox([scriptEnds(noble, { delay: 60_000 })]);
  await project.config('test-ebs', (config) => {
    config.share = { accounts: ['210987654321'] };
  });
  const words = ['test-ebs', '--sandbox', '--json'];
  const told = async (run: Run): Promise<Told> => {
    const text = await readFile(
      project.path('.gopackgo/sandbox/releases/test-ebs@1.0.0/result.json'),
      'utf8',
    );
    return { run, resultFile: JSON.parse(text) };
  };
  const running = project.start(['publish', ...words, '--yes', '--only', noble]);
  await until('Packer runs the script', async () => {
    const left = await sandbox.ask('faults');
    return !(await left.text()).includes('delay');
  });
  running.child.kill('SIGINT');
  runs.interrupted = await told(await running.ended);
  await sandbox.addFaults([scriptEnds(noble, { exit: 9, stderr: 'no such package\n' })]);
  runs.failed = await told(await project.run(['publish', ...words, '--yes']));
  plan = await project.run(['plan', ...words]);
  runs.good = await told(await project.run(['publish', ...words, '--yes']));
  status = await project.run(['status', ...words]);
});
afterAll(() => project.remove());

const toldBy = (name: keyof typeof runs): Told => {
  const told = runs[name];
  if (!told) throw new Error(`there is no ${name} run`);
  return told;
};

describe.each([
  ['interrupted', 130],
  ['failed', 1],
  ['good', 0],
] as const)('publish --json, %s', (name, exit) => {
  it('writes only events to stdout, each matching the schema', () => {
    const { run } = toldBy(name);
    expect(run.exit, run.stderr).toBe(exit);
    expect(run.stdout.endsWith('\n')).toBe(true);
    const events = eventsOf(run);
    expect(events.map((event) => wrong(event, 'event')).filter((text) => text !== '')).toEqual([]);
    expect(events[0]?.type).toBe('planned');
    expect(events.filter(({ type }) => type === 'result')).toEqual([events.at(-1)]);
  });

  it('ends with the content of result.json', () => {
    const { run, resultFile } = toldBy(name);
    expect(wrong(resultFile, 'result')).toBe('');
    expect(resultFile).toMatchObject({ format: 2, exit });
    const { time, ...result } = resultOf(run) as RunEvent;
    expect(result).toEqual(resultFile);
    expect(new Date(time).toISOString()).toBe(time);
  });
});

it('the runs produce every event that they are meant to produce', () => {
  const types = Object.values(runs).flatMap((told) =>
    (told ? eventsOf(told.run) : []).map(({ type }) => type),
  );
  const expected = [
    'planned',
    'status',
    'verified',
    'attempt-started',
    'attempt-progress',
    'attempt-ended',
    'interrupted',
    'shared',
    'result',
  ];
  expect(new Set(types)).toEqual(new Set(expected));
});

it('plan --json and status --json write one object that matches the schema', () => {
  expect([plan.exit, status.exit]).toEqual([0, 0]);
  expect(wrong(JSON.parse(plan.stdout), 'plan')).toBe('');
  expect(wrong(JSON.parse(status.stdout), 'statusOutput')).toBe('');
  expect(JSON.parse(status.stdout)).toMatchObject({
    format: 2,
    targets: (toldBy('good').resultFile as { targets: ResultTarget[] }).targets.map(
      ({ name, ami, snapshots }) => ({ name, ami, snapshots, status: 'shared' }),
    ),
  });
});

describe('docs/output.schema.json', () => {
  /** The compiler holds these to `src/model/events.ts`. */
  const types: Record<RunEvent['type'], true> = {
    planned: true,
    status: true,
    'attempt-started': true,
    'copy-started': true,
    'attempt-progress': true,
    'attempt-ended': true,
    removed: true,
    warning: true,
    waiting: true,
    retrying: true,
    answered: true,
    adopted: true,
    verified: true,
    shared: true,
    notified: true,
    interrupted: true,
    result: true,
  };
  const statuses: Record<ResultTarget['status'], true> = {
    absent: true,
    building: true,
    pending: true,
    built: true,
    wrong: true,
    verified: true,
    shared: true,
    failed: true,
    conflict: true,
    unknown: true,
  };
  const definitions = schema.definitions ?? {};

  it('has every existing event and status, and no other', () => {
    const { oneOf = [] } = definitions.event as { oneOf?: { $ref: string }[] };
    const events = oneOf.map(({ $ref }) => definitions[$ref.replace('#/definitions/', '')]);
    expect(events.map((event) => event?.properties?.type?.const).sort()).toEqual(Object.keys(types).sort());
    expect(definitions.status?.enum).toEqual(Object.keys(statuses));
  });

  it('describes every field', () => {
    const silent = (node: Schema, place: string): string[] => [
      ...Object.entries(node.properties ?? {}).flatMap(([key, child]) => [
        ...(child.description === undefined ? [`${place}.${key}`] : []),
        ...silent(child, `${place}.${key}`),
      ]),
      ...(node.items ? silent(node.items, `${place}[]`) : []),
    ];
    expect(Object.entries(definitions).flatMap(([name, node]) => silent(node, name))).toEqual([]);
    expect(Object.entries(definitions).filter(([, { description }]) => description === undefined)).toEqual(
      [],
    );
  });

  it('refuses an unknown field and a missing one, in every object', () => {
    const documents: [definition: string, document: object][] = [
      ...eventsOf(toldBy('failed').run).map((event): [string, object] => ['event', event]),
      ['result', toldBy('good').resultFile as object],
      ['plan', JSON.parse(plan.stdout)],
      ['status', JSON.parse(status.stdout)],
    ];
    const accepted = documents.flatMap(([definition, document]) =>
      changed(document).flatMap(([place, other]) =>
        wrong(other, definition) === '' ? [`${definition}: ${place}`] : [],
      ),
    );
    expect(accepted).toEqual([]);
  });
});

/** Optional fields: `docs/output.schema.json` does not require them. */
const optional = [
  'checks',
  'ami',
  'complete',
  'snapshots',
  'why',
  'error',
  'log',
  'lines',
  'retryIn',
  'failedCall',
  'parts',
];

/** A check may have no region, no place in the config, and no targets. */
const isOptional = (place: string, key: string) =>
  optional.includes(key) || (['region', 'place', 'targets'].includes(key) && place.startsWith('.checks.'));

/** The document with one field added to one of its objects, or removed from it, one change at a time. */
function changed(document: object): [place: string, document: object][] {
  const walk = (node: unknown, place: string, put: (node: unknown) => object): [string, object][] => {
    if (Array.isArray(node)) {
      return node.flatMap((item, index) =>
        walk(item, `${place}[${index}]`, (other) => put(node.with(index, other))),
      );
    }
    if (typeof node !== 'object' || node === null || /\.(?:options|parts)$/.test(place)) return [];
    return [
      [`${place}.madeUp`, put({ ...node, madeUp: 1 })],
      ...Object.entries(node).flatMap(([key, value]): [string, object][] => {
        const { [key]: _, ...less } = node as Record<string, unknown>;
        const without: [string, object][] = isOptional(place, key) ? [] : [[`no ${place}.${key}`, put(less)]];
        return [...without, ...walk(value, `${place}.${key}`, (other) => put({ ...node, [key]: other }))];
      }),
    ];
  };
  return walk(document, '', (node) => node as object);
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseIds } from '../../src/record/parse.ts';
import { renderIds } from '../../src/record/render.ts';
import { entry } from './an-entry.ts';

const textOf = (name: string) => readFileSync(join(import.meta.dirname, 'files', name), 'utf8');

function entriesOf(text: string) {
  const parsed = parseIds(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.entries;
}

describe('the older shapes of the file', () => {
  it.each(['2.5.1', '2.6.1', '2.6.3'])('of %s are read, and rewritten without loss', (version) => {
    const now = textOf(`${version}.now.json`);
    expect(renderIds(entriesOf(textOf(`${version}.json`)))).toBe(now);
    expect(renderIds(entriesOf(now))).toBe(now);
  });

  it('include that of this project’s first file, which is empty and in today’s shape', () => {
    const text = readFileSync(join(import.meta.dirname, '../../ami_ids.json'), 'utf8');
    expect(renderIds(entriesOf(text))).toBe(text);
  });

  it('have further keys only if an entry is not of the usual kind', () => {
    const entries = [
      entry({ release: '1404', rootDevice: 'instance-store', id: 'ami-00000001' }),
      entry({ release: '1404', id: 'ami-00000002' }),
      entry({ release: '2204', id: 'ami-00000003' }),
      entry({ release: '2204', architecture: 'arm64', id: 'ami-00000004' }),
      entry({ release: '2204', rootDevice: 'instance-store', id: 'ami-00000005' }),
    ];
    const text = renderIds(entries);
    const further = JSON.parse(text)['us-east-1'].map((one: Record<string, string>) => [
      one.id,
      one.architecture,
      one['root device'],
    ]);
    expect(further).toEqual([
      ['ami-00000002', undefined, 'ebs'],
      ['ami-00000001', undefined, undefined],
      ['ami-00000004', 'arm64', undefined],
      ['ami-00000003', undefined, undefined],
      ['ami-00000005', undefined, 'instance-store'],
    ]);
    expect(renderIds(entriesOf(text))).toBe(text);
    expect(Object.keys(JSON.parse(text)['us-east-1'][0])).toEqual([
      'Distributor ID',
      'Release',
      'id',
      'root device',
      'virtualization type',
    ]);
  });
});

it('writes a name for an image that is not Ubuntu, or is like another image otherwise', () => {
  const { distributor: _distributor, release: _release, ...other } = entry({ architecture: 'arm64' });
  const entries = [entry(), entry({ name: 'web/gpu', id: 'ami-00000002' }), { ...other, name: 'web/al2023' }];
  const text = renderIds(entries);
  expect(JSON.parse(text)['us-east-1']).toEqual([
    { Name: 'web/al2023', architecture: 'arm64', id: entry().id, 'virtualization type': 'hvm' },
    {
      'Distributor ID': 'Ubuntu',
      Release: '2204',
      id: entry().id,
      'virtualization type': 'hvm',
    },
    {
      'Distributor ID': 'Ubuntu',
      Name: 'web/gpu',
      Release: '2204',
      id: 'ami-00000002',
      'virtualization type': 'hvm',
    },
  ]);
  expect(renderIds(entriesOf(text))).toBe(text);
});

const good = {
  'Distributor ID': 'Ubuntu',
  Release: '1404',
  id: 'ami-0000000a',
  'virtualization type': 'hvm',
};
const list = (...entries: unknown[]) => JSON.stringify({ 'us-east-1': entries });
const { id: _, ...withoutId } = good;

const refused: [what: string, text: string, places: string[]][] = [
  ['an empty file', '', ['line 1:1']],
  ['half a file', '{\n    "us-east-1": [', ['line 2:19']],
  ['a comment', '{} // mine', ['line 1:4']],
  ['a trailing comma', '{"us-east-1": [],}', ['line 1:18']],
  ['marks of a merge', '<<<<<<< HEAD\n{}\n', ['line 1:1']],
  ['a list at the top', '[]', ['']],
  ['null', 'null', ['']],
  ['no region', '{"version": []}', ['version']],
  ['a region twice', '{"us-east-1": [], "us-east-1": []}', ['line 1:19']],
  ['a key twice', '{"us-east-1": [{"id": "ami-0000000a", "id": "ami-0000000b"}]}', ['line 1:39']],
  ['one AMI in place of a list', JSON.stringify({ 'us-east-1': good }), ['us-east-1']],
  ['text in place of an AMI', list(good, 'ami-0000000b'), ['us-east-1[1]']],
  ['another key', list({ ...good, version: '2.6.4' }), ['us-east-1[0].version']],
  ['a key that is missing', list(withoutId), ['us-east-1[0].id']],
  [
    'values of another kind, all at once',
    list({ ...good, Release: 1404, id: 'i-0000000a' }),
    ['us-east-1[0].Release', 'us-east-1[0].id'],
  ],
  ['no release of Ubuntu', list({ ...good, Release: '14.04.5' }), ['us-east-1[0].Release']],
  ['endless nesting', '['.repeat(50_000), ['']],
  [
    'unknown words',
    list({ ...good, 'virtualization type': 'xen', architecture: 'amd64', 'root device': 'disk' }),
    ['us-east-1[0].architecture', 'us-east-1[0]["root device"]', 'us-east-1[0]["virtualization type"]'],
  ],
  ['two AMIs of one kind', list(good, { ...good, id: 'ami-0000000b' }), ['us-east-1[1]']],
  ['a name of no publication', list({ ...good, Name: 'hvm' }), ['us-east-1[0].Name']],
  [
    'two AMIs of one name',
    list({ ...good, Name: 'web/hvm' }, { ...good, Name: 'web/hvm', Release: '2204' }),
    ['us-east-1[1]'],
  ],
  [
    'neither a name nor a system',
    list({ id: 'ami-0000000a', 'virtualization type': 'hvm' }),
    ['us-east-1[0]["Distributor ID"]', 'us-east-1[0].Release'],
  ],
  ['the same kind in the old form', list(good, { ...good, Release: '14.04' }), ['us-east-1[1]']],
  ['the old shape with more in it', '{"hvm": {}, "us-east-1": []}', ['hvm']],
  ['the old shape with a list', '{"hvm": []}', ['hvm']],
  [
    'the old shape with other values',
    '{"pv": {"us-east-1": "x", "moon": "ami-0000000a"}}',
    ['pv.moon', 'pv.us-east-1'],
  ],
];

describe('an invalid ids file', () => {
  it.each(refused)('is refused with its place: %s', (_what, text, places) => {
    const parsed = parseIds(text);
    expect(parsed.ok ? [] : parsed.problems.map(({ place }) => place)).toEqual(places);
  });

  it('is refused with what is expected and what was found', () => {
    const { Release: release, ...rest } = good;
    const parsed = parseIds(list({ ...rest, Relase: release, id: 'i-0000000a' }, { ...good, Release: '14' }));
    expect(parsed.ok ? [] : parsed.problems).toEqual([
      { place: 'us-east-1[0].Release', expected: 'a release, such as "2204"', found: 'nothing' },
      {
        place: 'us-east-1[0].Relase',
        expected:
          'one of the keys "Distributor ID", "Name", "Release", "architecture", "id", "root device", "virtualization type"',
        found: 'an unknown key',
        advice: 'Did you mean "Release"?',
      },
      { place: 'us-east-1[0].id', expected: 'the id of an AMI', found: '"i-0000000a"' },
    ]);
    const old = parseIds(list({ ...good, Release: '14' }));
    expect(old.ok ? [] : old.problems).toEqual([
      {
        place: 'us-east-1[0].Release',
        expected: 'a release of Ubuntu in four digits, such as "2204"',
        found: '"14"',
      },
    ]);
  });
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { recordedAmis } from '../../src/commands/recorded-amis.ts';

function project(files: Record<string, string>): string {
  const cwd = mkdtempSync(join(tmpdir(), 'recorded-'));
  onTestFinished(() => rmSync(cwd, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(cwd, dirname(name)), { recursive: true });
    writeFileSync(join(cwd, name), text);
  }
  return cwd;
}

const ids = (id: string) =>
  JSON.stringify({
    'us-east-1': [{ 'Distributor ID': 'Ubuntu', Release: '2204', id, 'virtualization type': 'hvm' }],
  });
const [released, considered, rehearsed, elsewhere] = ['1', '2', '3', '4'].map(
  (digit) => `ami-${digit.repeat(17)}`,
);

const files = {
  'configs/web.json':
    '{ // with a comment\n "record": "ids.json", "candidates": {"record": "next/ids.json"}, }',
  'configs/plain.json': '{"anything": "else"}',
  'configs/local.json': 'no publication',
  'ids.json': ids(released ?? ''),
  'next/ids.json': ids(considered ?? ''),
  'other.json': ids(elsewhere ?? ''),
  '.gopackgo/sandbox/ids.json': ids(rehearsed ?? ''),
};

const found = async (
  changed: Record<string, string> = {},
  { sandbox = false, record = 'absent.json' } = {},
) =>
  [
    ...(await recordedAmis(
      { record: [{ file: record, as: 'ids' }] },
      { cwd: project({ ...files, ...changed }) },
      { sandbox },
    )),
  ].sort();

it('reads the ids of every publication, including candidates and one outside of configs/', async () => {
  expect(await found()).toEqual([released, considered]);
  expect(await found({}, { record: 'other.json' })).toEqual([released, considered, elsewhere]);
  expect(await found({}, { sandbox: true })).toEqual([considered, rehearsed]);
});

it('reads the ids in every record format, wherever they are', async () => {
  const written: Record<string, [as: string, text: string]> = {
    'amis.auto.tfvars.json': ['terraform', '{"web_amis": {"us-east-1": {"hvm": "ami-0000000a"}}}'],
    'mappings.json': ['cloudformation', '{"Mappings": {"WebAmis": {"us-east-1": {"Hvm": "ami-0000000b"}}}}'],
    'amis.json': ['json', '{"format": 1, "amis": [{"id": "ami-0000000c"}]}'],
    'notes.md': ['markdown', '# Notes\n\n| us-east-1 | `ami-0000000d` |\n'],
  };
  const record = Object.entries(written).map(([file, [as]]) => ({ file, as }));
  const texts = Object.fromEntries(Object.entries(written).map(([file, [, text]]) => [file, text]));
  const more = { 'configs/more.json': JSON.stringify({ candidates: { record } }), ...texts };
  expect((await found(more)).filter((id) => id.startsWith('ami-0000'))).toEqual(
    ['a', 'b', 'c', 'd'].map((digit) => `ami-0000000${digit}`),
  );
});

it.each([
  ['configs/broken.json', '{"record": ', /configs\/broken\.json: line 1:12/],
  ['configs/list.json', '[]', /configs\/list\.json: expected a publication/],
  [
    'configs/number.json',
    '{"record": 7}',
    /configs\/number\.json: record: expected the path of a file, or a list of files, found the number 7/,
  ],
  [
    'configs/wrong.json',
    '{"candidates": {"record": {}}}',
    /configs\/wrong\.json: candidates\.record: expected/,
  ],
  [
    'configs/kind.json',
    '{"record": [{"file": "a.json", "as": "yaml"}]}',
    /configs\/kind\.json: record\[0\]\.as: expected ids or terraform or .*found "yaml"/,
  ],
  [
    'configs/nothing.json',
    '{"record": [{"as": "json"}]}',
    /configs\/nothing\.json: record\[0\]\.file: expected the path of a file, found nothing/,
  ],
  ['configs/binary.json', '\u0000', /configs\/binary\.json: line 1/],
  ['ids.json', '{"us-east-1": "ami-1"}', /ids\.json: us-east-1: expected a list of AMIs/],
])('refuses if %s cannot be read', async (name, text, said) => {
  await expect(found({ [name]: text })).rejects.toMatchObject({
    status: 4,
    message: expect.stringMatching(said),
  });
});

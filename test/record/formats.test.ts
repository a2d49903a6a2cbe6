import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { recordSchemaText } from '../../src/model/record-output.ts';
import type { RecordFormat } from '../../src/record/format.ts';
import { formatOf } from '../../src/record/format-of.ts';
import type { RecordedAmi } from '../../src/record/recorded-ami.ts';

const ami = (more: Partial<RecordedAmi> = {}): RecordedAmi => {
  const { region = 'us-east-1', image = '2204-hvm' } = more;
  return {
    publication: 'web',
    version: '1.0.0',
    release: 'web@1.0.0',
    account: '123456789012',
    region,
    image,
    target: `${region}-${image}`,
    id: 'ami-0aaaaaaaaaaaaaaa1',
    amiName: 'web 1.0.0 2204-hvm',
    architecture: 'x86_64',
    virtualization: 'hvm',
    rootDevice: 'ebs',
    created: '2026-11-21T12:00:00.000Z',
    snapshots: ['snap-0aaaaaaaaaaaaaaa1'],
    recipe: 'sha256:abc',
    base: { owner: '099720109477', name: 'ubuntu/images/x', id: 'ami-0bbbbbbbbbbbbbbb1' },
    tags: {},
    ...more,
  };
};
const elsewhere = ami({ region: 'eu-west-1', id: 'ami-0aaaaaaaaaaaaaaa2' });
const next = (one: RecordedAmi): RecordedAmi => ({
  ...one,
  version: '2.0.0',
  release: 'web@2.0.0',
  id: one.id.replace('ami-0a', 'ami-0c'),
});

const formats = ['terraform', 'cloudformation', 'json', 'markdown'] as const;
const format = (as: (typeof formats)[number], publication = 'web'): RecordFormat =>
  formatOf({ as }, publication, []);

function merged(by: RecordFormat, text: string | undefined, ...ours: RecordedAmi[]) {
  const result = by.merge(text, ours);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result;
}

describe.each(formats)('a record as %s', (as) => {
  it('contains what is written to it, replaces it, and says so', () => {
    const first = merged(format(as), undefined, ami(), elsewhere);
    expect(first).toMatchObject({ added: 2, replaced: 0, same: 0, omitted: [] });
    expect(first.text.endsWith('\n')).toBe(true);
    expect(first.text).toContain(ami().id);
    const second = merged(format(as), first.text, next(ami()));
    expect(second).toMatchObject({ added: 0, replaced: 1, same: 0 });
    expect(second.text).toContain(next(ami()).id);
    expect(second.text).not.toContain(ami().id);
    expect(second.text).toContain(elsewhere.id);
    const places = [ami(), elsewhere, ami({ region: 'sa-east-1' })].map(second.lists);
    expect(places).toEqual([true, true, false]);
  });

  it('stays the same bytes if it has everything, in whatever order it was written', () => {
    const { text } = merged(format(as), undefined, ami(), elsewhere);
    const again = merged(format(as), text, elsewhere, ami());
    expect(again).toMatchObject({ text, added: 0, replaced: 0, same: 2 });
    const other = merged(format(as), merged(format(as), undefined, elsewhere).text, ami());
    expect(merged(format(as), other.text, elsewhere).text).toBe(other.text);
  });

  it('keeps the entries of another publication', () => {
    const theirs = ami({ publication: 'api', release: 'api@1.0.0', id: 'ami-0dddddddddddddddd' });
    const { text } = merged(format(as, 'api'), undefined, theirs);
    const both = merged(format(as), text, ami());
    expect(both).toMatchObject({ added: 1, replaced: 0 });
    expect(merged(format(as, 'api'), both.text, theirs)).toMatchObject({ text: both.text, same: 1 });
    const replaced = merged(format(as, 'api'), both.text, { ...theirs, id: 'ami-0eeeeeeeeeeeeeeee' });
    expect(merged(format(as), replaced.text, ami())).toMatchObject({ text: replaced.text, same: 1 });
  });
});

it('Terraform gets a variable by region and image; other variables in the file keep their values', () => {
  const { text } = merged(format('terraform', 'web-shop'), undefined, ami(), elsewhere);
  expect(JSON.parse(text)).toEqual({
    web_shop_amis: { 'eu-west-1': { '2204-hvm': elsewhere.id }, 'us-east-1': { '2204-hvm': ami().id } },
  });
  const own = '{ "limit": 1.0e3,\n\t"account": 12345678901234567890 }';
  const after = merged(format('terraform'), own, ami()).text;
  expect(after).toMatch(/"limit": 1\.0e3,\s+"account": 12345678901234567890,/);
  expect(JSON.parse(after).web_amis).toEqual({ 'us-east-1': { '2204-hvm': ami().id } });
  const named = formatOf({ as: 'terraform', name: 'images' }, 'web', []);
  expect(Object.keys(JSON.parse(merged(named, undefined, ami()).text))).toEqual(['images']);
});

it('CloudFormation gets a mapping whose names it accepts; the rest of the template stays', () => {
  const template = JSON.stringify({ Mappings: { Sizes: { a: { b: 'c' } } }, Resources: { X: {} } });
  const { text } = merged(format('cloudformation', 'web-shop'), template, ami());
  expect(JSON.parse(text)).toEqual({
    Mappings: { Sizes: { a: { b: 'c' } }, WebShopAmis: { 'us-east-1': { '2204Hvm': ami().id } } },
    Resources: { X: {} },
  });
});

it('names of properties that every object has are ordinary names', () => {
  const odd = ami({ image: 'constructor' });
  const { text } = merged(format('terraform'), undefined, odd);
  expect(JSON.parse(text).web_amis['us-east-1']).toEqual({ constructor: odd.id });
  expect(merged(format('terraform'), '{}', odd)).toMatchObject({ added: 1 });
});

it('JSON has every field of an AMI, as described in docs/record.schema.json', () => {
  const mixed = ami({ region: 'eu-west-1', mixed: true, base: { owner: '1', name: 'x' }, location: 'b/p' });
  const { text } = merged(format('json'), undefined, ami(), {
    ...mixed,
    base: { ...mixed.base, owner: '099720109477' },
  });
  const validate = new Ajv({ allowUnionTypes: true }).compile(JSON.parse(recordSchemaText()));
  expect(validate(JSON.parse(text)), JSON.stringify(validate.errors)).toBe(true);
  const { tags: _, ...fields } = ami();
  expect(JSON.parse(text).amis[1]).toEqual(fields);
  const file = new URL('../../docs/record.schema.json', import.meta.url);
  expect(readFileSync(file, 'utf8'), 'npm run schema').toBe(recordSchemaText());
});

it('Markdown gets a section with the release in the user’s text', () => {
  const { text } = merged(format('markdown'), '# Images\n', ami(), elsewhere);
  expect(text).toBe(`# Images

<!-- gopackgo: web -->
## web 1.0.0

| Region | Image | Architecture | AMI |
| --- | --- | --- | --- |
| eu-west-1 | 2204-hvm | x86_64 | \`${elsewhere.id}\` |
| us-east-1 | 2204-hvm | x86_64 | \`${ami().id}\` |
<!-- /gopackgo: web -->
`);
  const partly = merged(format('markdown'), `${text}\nThe end.\n`, next(ami())).text;
  expect(partly).toContain('## web 2.0.0\n');
  expect(partly).toContain(`| eu-west-1 | 2204-hvm | x86_64 | \`${elsewhere.id}\` | 1.0.0 |\n`);
  expect(partly).toContain(`| us-east-1 | 2204-hvm | x86_64 | \`${next(ami()).id}\` | 2.0.0 |\n`);
  expect(partly.endsWith('<!-- /gopackgo: web -->\n\nThe end.\n')).toBe(true);
  const whole = merged(format('markdown'), partly, next(ami()), next(elsewhere)).text;
  expect(whole).not.toContain('Version');
});

it.each<[as: (typeof formats)[number], text: string, place: string]>([
  ['terraform', '{"web_amis": {', 'line 1:15'],
  ['terraform', '{"web_amis": "ami-1"}', 'web_amis'],
  ['terraform', '{"web_amis": {"us-east-1": {"hvm": 1}}}', 'web_amis.us-east-1.hvm'],
  ['terraform', '[]', ''],
  ['terraform', '{"a": 1, "a": 2}', 'line 1:10'],
  ['cloudformation', '{"Mappings": []}', 'Mappings'],
  ['cloudformation', '{"Mappings": {"WebAmis": {"us-east-1": []}}}', 'Mappings.WebAmis.us-east-1'],
  ['json', '{}', 'format'],
  ['json', '{"format": 2, "amis": []}', 'format'],
  ['json', '{"format": 1, "amis": [{"id": "ami-1"}]}', 'amis[0].publication'],
  ['markdown', '<!-- gopackgo: web -->\n', 'line 1'],
  ['markdown', 'a\n<!-- /gopackgo: web -->\n<!-- gopackgo: web -->\n', 'line 2'],
])('as %s, %s is refused with its place', (as, text, place) => {
  const result = format(as).merge(text, [ami()]);
  expect(result.ok ? [] : result.problems.slice(0, 1).map((problem) => problem.place)).toEqual([place]);
});

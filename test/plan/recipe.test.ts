import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Json } from '../../src/model/publication.ts';
import type { Encryption, PackerSource } from '../../src/model/release-plan.ts';
import { contentReader } from '../../src/plan/file-content.ts';
import { copyRecipe, recipe } from '../../src/plan/recipe.ts';
import { refusal } from '../config/a-config.ts';

const base = { owner: '099720109477', name: 'ubuntu-22.04-20260101', asked: '/ubuntu/2204' };

const source = (change: Partial<PackerSource> = {}): PackerSource => ({
  builder: 'amazon-ebs',
  options: { instance_type: 'm5.large', tags: { A: '1', B: '2' } },
  provisioners: [
    { type: 'shell', options: { script: 'install.sh' } },
    { type: 'file', options: { source: 'files', destination: '/tmp' } },
  ],
  ...change,
});

function folder(files: Record<string, string> = {}): string {
  const made = mkdtempSync(join(tmpdir(), 'gopackgo recipe '));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  for (const [name, content] of Object.entries({
    'install.sh': 'true',
    'files/a': '1',
    'files/sub/b': '2',
    ...files,
  })) {
    mkdirSync(join(made, name, '..'), { recursive: true });
    writeFileSync(join(made, name), content);
  }
  return made;
}

const recipeIn = (files: Record<string, string> = {}, from = source(), of = base) =>
  recipe(from, of, contentReader(folder(files)));
const withOptions = (options: PackerSource['options']) =>
  source({ options: { ...source().options, ...options } });

describe('a recipe with encryption', () => {
  const of = (encryption?: Encryption) => recipe(source(), base, contentReader(folder()), { encryption });
  const devices = [{ name: '/dev/sda1', deleteOnTermination: true }];

  it('is different for each key, and unchanged without encryption', () => {
    const all = [of(), of({}), of({ kmsKey: 'alias/a' }), of({ kmsKey: 'alias/b' })];
    expect(new Set(all).size).toBe(4);
    expect(of(undefined)).toBe(of());
    expect(of({ kmsKey: 'alias/a', devices })).toBe(of({ kmsKey: 'alias/a' }));
  });

  it('of a copy also depends on its own key', () => {
    const [one, other] = [{ recipe: of() }, { recipe: of({ kmsKey: 'alias/a' }) }];
    const all = [
      copyRecipe(one),
      copyRecipe(one, {}),
      copyRecipe(one, { kmsKey: 'alias/a' }),
      copyRecipe(other),
    ];
    expect(new Set(all).size).toBe(4);
  });
});

describe('recipe', () => {
  it('is a hash that depends on neither the folder nor the order of keys', () => {
    const turned = source({ options: { tags: { B: '2', A: '1' }, instance_type: 'm5.large' } });
    expect(recipeIn()).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(recipeIn({}, turned)).toBe(recipeIn());
  });

  it.each<[what: string, other: () => string]>([
    ['an option', () => recipeIn({}, withOptions({ instance_type: 'm5.xlarge' }))],
    ['a tag', () => recipeIn({}, withOptions({ tags: { A: '1', B: '3' } }))],
    [
      'the order of provisioners',
      () => recipeIn({}, source({ provisioners: source().provisioners.toReversed() })),
    ],
    ['a script', () => recipeIn({ 'install.sh': 'false' })],
    ['a file deep in a folder', () => recipeIn({ 'files/sub/b': '3' })],
    ['an added file', () => recipeIn({ 'files/sub/c': '' })],
    ['the path of a file', () => recipeIn({ 'files/sub/b': '1', 'files/a': '2' })],
    ['the base image', () => recipeIn({}, source(), { ...base, name: 'ubuntu-22.04-20260201' })],
    ['the owner of the base image', () => recipeIn({}, source(), { ...base, owner: '111111111111' })],
    ['the parameter in the config', () => recipeIn({}, source(), { ...base, asked: '/ubuntu/2404' })],
  ])('changes with %s', (_what, other) => expect(other()).not.toBe(recipeIn()));

  it('changes with the roles beside a playbook, and with the other files that Ansible is given', () => {
    const ansible = (options: Record<string, Json>) =>
      source({ provisioners: [{ type: 'ansible', options: { playbook_file: 'site/web.yml', ...options } }] });
    const files = { 'site/web.yml': '-', 'vars/all.yml': '1' };
    const plain = recipeIn(files, ansible({}));
    expect(recipeIn({ ...files, 'vars/all.yml': '2' }, ansible({}))).toBe(plain);
    expect(recipeIn({ ...files, 'site/roles/web/tasks/main.yml': '1' }, ansible({}))).not.toBe(plain);
    const vars = ansible({ group_vars: 'vars' });
    expect(recipeIn({ ...files, 'vars/all.yml': '2' }, vars)).not.toBe(recipeIn(files, vars));
  });

  it('changes with the content of inputs, and is unchanged without any', () => {
    const withInputs = (content: string) =>
      recipe(source(), base, contentReader(folder({ Makefile: content })), { inputs: ['Makefile'] });
    expect(withInputs('1')).not.toBe(withInputs('2'));
    expect(withInputs('1')).not.toBe(recipeIn({ Makefile: '1' }));
    expect(recipe(source(), base, contentReader(folder()), { inputs: [] })).toBe(recipeIn());
  });

  it.each([
    ['user_data_file', 'shell', false],
    ['scripts', 'shell', true],
    ['playbook_file', 'ansible-local', true],
    ['source', 'file', true],
    ['sources', 'file', true],
  ])('changes with the content of %s', (option, type, ofProvisioner) => {
    const value = option.endsWith('s') ? ['named'] : 'named';
    const from = ofProvisioner
      ? source({ provisioners: [{ type, options: { [option]: value } }] })
      : withOptions({ [option]: value });
    expect(recipeIn({ named: '1' }, from)).not.toBe(recipeIn({ named: '2' }, from));
    expect(refusal(() => recipeIn({}, from))[0]).toMatch(
      /^named: expected a file or folder .*, found no such file/,
    );
  });

  it("does not change with the builder's location and how to connect to it", () => {
    const elsewhere = {
      subnet_id: 'subnet-1',
      security_group_ids: ['sg-1'],
      ssh_timeout: '9m',
      spot_price: 'auto',
    };
    expect(recipeIn({}, withOptions(elsewhere))).toBe(recipeIn());
  });

  it('does not read files that Packer downloads from the builder, nor files that are created later', () => {
    const provisioners = [
      { type: 'file', options: { source: '/var/log/x', destination: 'x', direction: 'download' } },
      { type: 'file', options: { source: 'made-later', destination: '/tmp', generated: true } },
      { type: 'breakpoint', options: { source: 'no file' } },
    ];
    expect(recipeIn({}, source({ provisioners }))).toMatch(/^sha256:/);
  });

  it('follows links, and refuses a folder that contains itself', () => {
    const linked = folder();
    rmSync(join(linked, 'files'), { recursive: true });
    mkdirSync(join(linked, 'true place/sub'), { recursive: true });
    writeFileSync(join(linked, 'true place/a'), '1');
    writeFileSync(join(linked, 'true place/sub/b'), '2');
    symlinkSync('true place', join(linked, 'files'));
    expect(recipe(source(), base, contentReader(linked))).toBe(recipeIn());
    symlinkSync('..', join(linked, 'true place/sub/up'));
    expect(refusal(() => recipe(source(), base, contentReader(linked)))[0]).toContain(
      'found one that contains itself',
    );
  });
});

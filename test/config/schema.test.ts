import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { parse } from 'jsonc-parser';
import { describe, expect, it } from 'vitest';
import { builderOptionFacts } from '../../src/config/editor-facts.ts';
import { schemaText } from '../../src/config/editor-schema.ts';
import { publicationsIn } from '../../src/config/find-publication.ts';
import { image } from '../../src/config/image-schema.ts';
import { readPublication } from '../../src/config/read-publication.ts';
import { refusedBuilderOptions } from '../../src/config/rules/refused-options.ts';
import { publicationSchema } from '../../src/config/schema.ts';
import type { Schema } from '../../src/lib/validate-shape.ts';
import { expandImages } from '../../src/plan/images.ts';
import { publicationRules } from '../../src/plan/publication-rules.ts';
import { targetNames } from '../../src/plan/target-values.ts';
import { blocksOf } from '../house/markdown.ts';
import { least, withImage } from './a-config.ts';

const root = join(import.meta.dirname, '../..');

describe('configs/schema.json', () => {
  it('matches its source; if not, run npm run schema', () => {
    expect(readFileSync(join(root, 'configs/schema.json'), 'utf8')).toBe(schemaText());
  });

  it('is a self-contained JSON schema for editors', () => {
    const validate = new Ajv({ strict: false }).compile(JSON.parse(schemaText()));
    expect(validate(least)).toBe(true);
    expect(validate({ ...least, version: '' })).toBe(false);
    expect(schemaText()).not.toContain('"expected"');
  });

  it('lets editors accept the comments and trailing commas that are read', () => {
    expect(JSON.parse(schemaText())).toMatchObject({ allowComments: true, allowTrailingCommas: true });
  });

  it('has our own message for every node that can be wrong, and a description for every key', () => {
    const check = (schema: Schema, place: string): string[] => [
      ...(schema.type !== undefined && schema.expected === undefined && schema !== publicationSchema
        ? [place]
        : []),
      ...Object.entries(schema.properties ?? {}).flatMap(([key, child]) => [
        ...(child.description === undefined ? [`${place}.${key}: description`] : []),
        ...check(child, `${place}.${key}`),
      ]),
      ...(schema.items ? check(schema.items, `${place}[]`) : []),
      ...(typeof schema.additionalProperties === 'object'
        ? check(schema.additionalProperties, `${place}.*`)
        : []),
    ];
    expect(check(publicationSchema, '')).toEqual([]);
  });
});

describe('editors show', () => {
  const validate = new Ajv({ strict: false, allErrors: true }).compile(JSON.parse(schemaText()));
  const errorsOf = (config: unknown) => {
    validate(config);
    return (validate.errors ?? []).map(({ instancePath, keyword }) => `${instancePath} ${keyword}`);
  };
  const blocks = blocksOf('docs/configuration.md').filter(({ info }) =>
    /^jsonc (?:publication|file )/.test(info),
  );
  const shipped = publicationsIn(root).map((name) => ({
    line: 0,
    info: name,
    text: readFileSync(join(root, 'configs', `${name}.json`), 'utf8'),
  }));

  it.each([...shipped, ...blocks])('no error in $info at line $line', ({ text }) => {
    expect(errorsOf(parse(text, [], { allowTrailingComma: true }))).toEqual([]);
  });

  it('no error in a config that extends another and removes its keys', () => {
    expect(
      errorsOf({
        extends: './base.json',
        share: { snapshots: null },
        record: null,
        regions: { 'us-east-1': null },
      }),
    ).toEqual([]);
  });

  it('an error for a missing key if nothing is extended', () => {
    expect(errorsOf({ version: '1' })).toContain(' required');
  });

  it('an error for each refused option, in an image and in a region, with what to write instead', () => {
    for (const option of refusedBuilderOptions) {
      const config = withImage({ builder: { instance_type: 'm5.large', [option]: 'x' } });
      expect(errorsOf(config), option).toEqual([`/images/0/builder/${option} not`]);
      expect(errorsOf({ ...least, regions: { 'eu-west-1': { [option]: 'x' } } })).toEqual([
        `/regions/eu-west-1/${option} not`,
      ]);
    }
    const { definitions } = JSON.parse(schemaText());
    expect(definitions.builder.properties.ami_users.errorMessage).toContain('"share"');
  });

  it('completions for regions, builder options and provisioners, each with a line about it', () => {
    const { properties, definitions } = JSON.parse(schemaText());
    expect(Object.keys(properties.regions.properties)).toContain('eu-central-2');
    expect(properties.regions.items.examples).toContain('eu-central-2');
    for (const option of [
      'instance_type',
      'launch_block_device_mappings',
      'ssh_username',
      'tags',
      'subnet_id',
    ]) {
      expect(definitions.builder.properties[option].description).toMatch(/ https:\/\//);
    }
    const { items } = properties.provisioners;
    expect(items.properties.type.examples).toEqual(
      expect.arrayContaining(['shell', 'file', 'ansible', 'powershell']),
    );
    const [shell] = items.allOf;
    expect(shell.then.properties.inline.description).toContain('Commands');
    const bases: { label: string }[] = properties.images.items.properties.base.defaultSnippets;
    const { publication: _, ...needs } = image.properties.base.dependencies;
    const besides = Object.entries(needs).flatMap(([key, need]) => (Array.isArray(need) ? [key] : []));
    expect(bases.map(({ label }) => label).sort()).toEqual(
      Object.keys(image.properties.base.properties)
        .filter((key) => !besides.includes(key))
        .sort(),
    );
    const forms: { label: string }[] = properties.encryption.defaultSnippets;
    expect(forms.map(({ label }) => label)).toEqual(['true', 'kmsKey', 'kmsKey for each region']);
    expect(properties.images.items.properties.encryption.defaultSnippets).toEqual(forms);
  });

  it('no refused option as allowed', () => {
    expect(refusedBuilderOptions.filter((option) => option in builderOptionFacts)).toEqual([]);
  });
});

describe('the publications in configs/', () => {
  it.each(publicationsIn(root))('%s is right', (name) => {
    const publication = readPublication(name, { cwd: root, rules: publicationRules });
    expect(expandImages(publication).length).toBeGreaterThan(0);
  });

  it('test-ebs makes two private AMIs in us-east-1', () => {
    const publication = readPublication('test-ebs', { cwd: root, rules: publicationRules });
    const targets = targetNames(publication, expandImages(publication));
    expect(targets.map(({ name }) => name)).toEqual(['us-east-1-2204-hvm', 'us-east-1-2404-hvm']);
    expect(publication.share.accounts).toEqual([]);
  });

  it.each(publicationsIn(root))('a copy of %s under another name makes AMIs with other names', (name) => {
    const { amiName, images } = readPublication(name, { cwd: root, rules: publicationRules });
    for (const one of [amiName, ...images.flatMap((image) => image.amiName ?? [])]) {
      expect(one).toContain('{publication}');
    }
  });
});

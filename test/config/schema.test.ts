import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { publicationsIn } from '../../src/config/find-publication.ts';
import { readPublication } from '../../src/config/read-publication.ts';
import { publicationSchema, schemaText } from '../../src/config/schema.ts';
import type { Schema } from '../../src/lib/validate-shape.ts';
import { expandImages } from '../../src/plan/images.ts';
import { publicationRules } from '../../src/plan/publication-rules.ts';
import { targetNames } from '../../src/plan/target-values.ts';
import { least } from './a-config.ts';

const root = join(import.meta.dirname, '../..');

describe('configs/schema.json', () => {
  it('is what its source makes; if not: npm run schema', () => {
    expect(readFileSync(join(root, 'configs/schema.json'), 'utf8')).toBe(schemaText());
  });

  it('is a JSON schema by itself, for editors', () => {
    const validate = new Ajv({ strict: false }).compile(JSON.parse(schemaText()));
    expect(validate(least)).toBe(true);
    expect(validate({ ...least, version: '' })).toBe(false);
    expect(schemaText()).not.toContain('"expected"');
  });

  it('lets editors accept the comments and trailing commas that are read', () => {
    expect(JSON.parse(schemaText())).toMatchObject({ allowComments: true, allowTrailingCommas: true });
  });

  it('has words of ours for every node that can be wrong, and a description for every key', () => {
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

  it.each(publicationsIn(root))('a copy of %s under another name makes AMIs of other names', (name) => {
    const { amiName, images } = readPublication(name, { cwd: root, rules: publicationRules });
    for (const one of [amiName, ...images.flatMap((image) => image.amiName ?? [])]) {
      expect(one).toContain('{publication}');
    }
  });
});

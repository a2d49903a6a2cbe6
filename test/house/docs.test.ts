import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, normalize } from 'node:path';
import { parse } from 'jsonc-parser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseBehaviour, parseFaults } from '../../sandbox/testing/internals.ts';
import { reasonsOfAll } from '../../src/cleanup/decide.ts';
import { publicationsIn } from '../../src/config/find-publication.ts';
import { readPublication } from '../../src/config/read-publication.ts';
import { refusedBuilderOptions } from '../../src/config/rules/refused-options.ts';
import { publicationSchema } from '../../src/config/schema.ts';
import { exitStatus } from '../../src/lib/actionable-error.ts';
import type { Schema } from '../../src/lib/validate-shape.ts';
import { statusName } from '../../src/model/output-parts.ts';
import { publicationRules } from '../../src/plan/publication-rules.ts';
import { circumstances } from '../../src/plan/recipe.ts';
import { appearanceOf } from '../../src/report/status-appearance.ts';
import {
  anchorsOf,
  type Block,
  blocksOf,
  documents,
  firstColumn,
  namesIn,
  proseOf,
  root,
  sectionOf,
  textOf,
} from './markdown.ts';

describe.each(documents)('%s', (document) => {
  const links = [...proseOf(document).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);

  it('has no broken links', () => {
    const broken = links.filter((link) => {
      if (link.startsWith('https://')) return false;
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? document : normalize(join(dirname(document), path));
      if (!existsSync(join(root, target))) return true;
      return anchor !== undefined && !anchorsOf(target).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  it('names only existing files', () => {
    const named = namesIn(proseOf(document)).filter((name) =>
      /^(?:src|sandbox|scripts|test|docs|configs)\/[\w./-]*$/.test(name),
    );
    const isThere = (name: string) =>
      [root, join(root, dirname(document))].some((at) => existsSync(join(at, name)));
    expect(named.filter((name) => !madeUp.includes(name) && !isThere(name))).toEqual([]);
  });
});

/** Examples of a user's own files. */
const madeUp = ['configs/web.json', 'configs/local.json', 'configs/shop.json'];

describe('CONTRIBUTING.md', () => {
  const document = 'CONTRIBUTING.md';

  it('explains every npm script, and names no other', () => {
    const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
    const calls = /npm (?:run (?:--silent )?([\w:-]+)|(test))/g;
    const named = [...textOf(document).matchAll(calls)].map(([, script, test]) => script ?? test);
    expect([...new Set(named)].sort()).toEqual(Object.keys(scripts).sort());
  });

  it('has a workflow that runs what CI runs', () => {
    expect(textOf('.github/workflows/ci.yml')).toContain('run: bash .ci/run\n');
  });
});

describe('docs/configuration.md', () => {
  const document = 'docs/configuration.md';
  const prose = proseOf(document);
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'docs '));
    cpSync(join(root, 'configs'), join(folder, 'configs'), { recursive: true });
    mkdirSync(join(folder, 'deploy'));
    for (const file of ['deploy/site.py', 'Makefile']) writeFileSync(join(folder, file), '');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('describes every key of the schema, and no other', () => {
    const described = firstColumn(sectionOf(document, '## Keys')).flatMap(namesIn);
    expect(described.sort()).toEqual(keysOf(publicationSchema).sort());
  });

  it.each(examples(document, 'jsonc publication', 'jsonc fragment'))(
    'has a valid example at line $line',
    (block) => {
      const written = parse(block.text, [], { allowTrailingComma: true });
      const base = { ...readShipped(), ...written };
      const text = block.info === 'jsonc fragment' ? JSON.stringify(base) : block.text;
      writeFileSync(join(folder, 'configs/web.json'), text);
      const publication = readPublication('web', { cwd: folder, rules: publicationRules });
      expect(publication.images.length).toBeGreaterThan(0);
    },
  );

  it('has valid examples of several files', () => {
    const files = blocksOf(document).flatMap(({ info, text }) => {
      const [, file] = /^jsonc file (\S+)$/.exec(info) ?? [];
      return file === undefined ? [] : [{ file, text }];
    });
    for (const { file, text } of files) writeFileSync(join(folder, file), text);
    const named = files.map(({ file }) => basename(file, '.json'));
    const publications = publicationsIn(folder).filter((name) => named.includes(name));
    expect(publications.length).toBeGreaterThan(1);
    for (const name of publications) {
      const publication = readPublication(name, { cwd: folder, rules: publicationRules });
      expect(publication.images.length).toBeGreaterThan(0);
    }
  });

  it('lists exactly the refused builder options', () => {
    const listed = firstColumn(sectionOf(document, '## Builder options')).flatMap(namesIn);
    expect(listed.sort()).toEqual([...refusedBuilderOptions].sort());
  });

  it('lists exactly the options that may change within a version', () => {
    const section = sectionOf(document, '## The recipe: when it is another AMI');
    const listed = namesIn(section.slice(section.indexOf('to get a release finished')));
    expect(listed.sort()).toEqual([...circumstances].sort());
  });

  it('has the placeholders of a target', () => {
    for (const name of ['version', 'publication', 'region', 'image', 'architecture', 'virtualization']) {
      expect(prose).toContain(`{${name}}`);
    }
  });
});

describe('docs/commands.md', () => {
  const document = 'docs/commands.md';

  it('lists the exit statuses', () => {
    const listed = firstColumn(sectionOf(document, '## Exit status')).map(Number);
    expect(listed.sort()).toEqual(Object.values(exitStatus).sort());
  });

  it('lists the statuses', () => {
    expect(firstColumn(sectionOf(document, '## status')).flatMap(namesIn).sort()).toEqual(
      Object.keys(appearanceOf).sort(),
    );
  });
});

describe('docs/how-a-release-is-published.md', () => {
  const document = 'docs/how-a-release-is-published.md';
  const text = textOf(document);
  const status = sectionOf(document, '## The status of a target');

  it('names only functions that their files declare', () => {
    const named = [...text.matchAll(/`(src\/[\w./-]+): (\w+)`/g)].map(([, file = '', name = '']) => [
      file,
      name,
    ]);
    const lost = named.filter(
      ([file, name]) =>
        !existsSync(join(root, `${file}`)) ||
        !new RegExp(`^(?:export )?(?:async )?(?:function|const) ${name}\\b`, 'm').test(textOf(`${file}`)),
    );
    expect(named.length).toBeGreaterThan(50);
    expect(lost).toEqual([]);
  });

  it('draws exactly the statuses of a target', () => {
    const drawn = [...status.matchAll(/^ {2}([\w[*\]]+) --> ([\w[*\]]+)/gm)].flatMap(([, from, to]) => [
      from,
      to,
    ]);
    const statuses = new Set(drawn.filter((name) => name !== '[*]'));
    expect([...statuses].sort()).toEqual(statusName.enum.toSorted());
  });

  it('explains each edge of the diagram with the functions in its label', () => {
    for (const [, number, names = ''] of status.matchAll(/ : (\d+) (.+)$/gm)) {
      const row = status.split('\n').find((line) => line.startsWith(`| ${number} |`)) ?? '';
      expect(names.split(', ').filter((name) => !row.includes(name))).toEqual([]);
    }
  });
});

describe('docs/glossary.md', () => {
  it('has the statuses of a target', () => {
    const row = /^\| status \| ([^|]*) \|/m.exec(textOf('docs/glossary.md'))?.[1] ?? '';
    expect(namesIn(row).sort()).toEqual(Object.keys(appearanceOf).sort());
  });
});

describe('docs/cleanup.md', () => {
  it('has every reason to keep an AMI, in the order of the output', () => {
    const section = sectionOf('docs/cleanup.md', '## What is kept, and why');
    expect(firstColumn(section).flatMap(namesIn)).toEqual(reasonsOfAll);
  });
});

describe('docs/sandbox.md', () => {
  const document = 'docs/sandbox.md';

  it.each(examples(document, 'json settings'))('has valid settings at line $line', ({ text }) => {
    expect(parseBehaviour(JSON.parse(text))).toEqual(JSON.parse(text));
  });

  it.each(examples(document, 'json faults'))('has valid faults at line $line', ({ text }) => {
    expect(parseFaults(JSON.parse(text))).toEqual(JSON.parse(text));
  });
});

/** Blocks of these kinds; an error if there are none, since then a document lost its examples, or a test its subject. */
function examples(document: string, ...infos: string[]): Block[] {
  const found = blocksOf(document).filter(({ info }) => infos.includes(info));
  if (infos.some((info) => !found.some((block) => block.info === info)))
    throw new Error(`${document}: expected blocks of ${infos.join(' and ')}`);
  return found;
}

/** `images[].base.ubuntu` for each key that a publication may have. */
const keysOf = ({ properties = {}, items, additionalProperties }: Schema, place = ''): string[] => [
  ...Object.entries(properties).flatMap(([key, schema]) => {
    const path = place === '' ? key : `${place}.${key}`;
    return [path, ...keysOf(schema, path)];
  }),
  ...(items ? keysOf(items, `${place}[]`) : []),
  ...(typeof additionalProperties === 'object' ? keysOf(additionalProperties, `${place}.*`) : []),
];

const readShipped = () =>
  parse(
    `{ "version": "1.0.0", "amiName": "web {version} {image}", "regions": ["us-east-1"],
       "images": [{ "name": "web", "base": { "ubuntu": "2404" }, "builder": { "instance_type": "t3.large" } }] }`,
  );

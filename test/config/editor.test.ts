import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  type CompletionItem,
  type Diagnostic,
  getLanguageService,
  TextDocument,
} from 'vscode-json-languageservice';
import { publicationsIn } from '../../src/config/find-publication.ts';
import { refusedBuilderOptions } from '../../src/config/rules/refused-options.ts';
import { blocksOf, root } from '../house/markdown.ts';

/** Visual Studio Code's view of a config: its JSON language service, configured as the editor does for `.json` files. */
const service = getLanguageService({
  schemaRequestService: async (uri) => readFileSync(new URL(uri), 'utf8'),
  workspaceContext: { resolveRelativePath: (path, resource) => new URL(path, resource).href },
});
service.configure({ validate: true, allowComments: false });

const uri = pathToFileURL(join(root, 'configs/edited.json')).href;

const documentOf = (text: string) => TextDocument.create(uri, 'json', 1, text);

async function diagnosticsOf(text: string): Promise<Diagnostic[]> {
  const document = documentOf(text);
  return service.doValidation(document, service.parseJSONDocument(document));
}

/** Its diagnostics, each with the text that the editor underlines. */
async function underlined(text: string): Promise<[text: string, message: string][]> {
  const document = documentOf(text);
  return (await diagnosticsOf(text)).map(({ range, message }) => [
    document.getText(range),
    typeof message === 'string' ? message : message.value,
  ]);
}

/** The completions offered at the `|` in the text. */
async function offered(text: string): Promise<CompletionItem[]> {
  const document = documentOf(text.replace('|', ''));
  const position = document.positionAt(text.indexOf('|'));
  const list = await service.doComplete(document, position, service.parseJSONDocument(document));
  return list?.items ?? [];
}

const labels = async (text: string) => (await offered(text)).map(({ label }) => label);

const config = (more: string, image = '') => `{
  "$schema": "./schema.json",
  "version": "1.0.0", "amiName": "web {version} {image}", // the name of the AMIs
  "images": [{ "name": "one", ${image || '"base": { "ubuntu": "2404" }, "builder": { "instance_type": "m5.large" }'} }],
  ${more},
}`;

it('does not warn about comments and trailing commas, since the schema allows them', async () => {
  expect(await underlined(config('"regions": ["us-east-1",]'))).toEqual([]);
  const without = config('"regions": ["us-east-1",]').replace('"$schema": "./schema.json",', '');
  expect((await underlined(without)).map(([, message]) => message)).toContain(
    'Comments are not permitted in JSON.',
  );
});

it.each(publicationsIn(root))('finds nothing wrong with configs/%s.json', async (name) => {
  const text = readFileSync(join(root, 'configs', `${name}.json`), 'utf8');
  expect(text).toContain('"$schema": "./schema.json"');
  expect(await underlined(text)).toEqual([]);
});

const whole = blocksOf('docs/configuration.md').filter(({ info }) =>
  /^jsonc (?:publication|file )/.test(info),
);

it.each(whole)(
  'finds nothing wrong with the example in docs/configuration.md at line $line',
  async ({ text }) => {
    const named = text.includes('"$schema"') ? text : text.replace('{', '{ "$schema": "./schema.json",');
    expect(await underlined(named)).toEqual([]);
  },
);

describe('an error is shown at its place', () => {
  const regions = '"regions": ["us-east-1"]';
  it.each([
    ['a misspelt key', config(`${regions}, "sahre": {}`), '"sahre"', 'Property sahre is not allowed.'],
    [
      'a misspelt key in an image',
      config(regions, '"base": { "ubunut": "2404" }, "builder": {}'),
      '"ubunut"',
      'Property ubunut is not allowed.',
    ],
    [
      'a region that cannot be',
      config('"regions": ["us_east_1"]'),
      '"us_east_1"',
      expect.stringMatching(/^Expected a region as AWS writes it/),
    ],
    [
      'an option that is refused, with what to write instead',
      config('"regions": { "us-east-1": { "ami_users": ["1"] } }'),
      '["1"]',
      expect.stringContaining('"share"'),
    ],
    [
      'a value of the wrong type',
      config(`${regions}, "share": { "public": "yes" }`),
      '"yes"',
      'Expected true or false.',
    ],
  ])('%s', async (_, text, place, message) => {
    expect(await underlined(text)).toEqual([[place, message]]);
  });
});

describe('completion offers', () => {
  const inImage = (text: string) => config('"regions": ["us-east-1"]', text);
  const inProvisioner = (text: string) => config(`"regions": ["us-east-1"], "provisioners": [{ ${text} }]`);

  it.each([
    ['regions', config('"regions": [|]'), ['"us-east-1"', '"eu-central-2"']],
    ['regions, as keys', config('"regions": { | }'), ['us-east-1', 'eu-central-2']],
    ['regions of an image', inImage('"regions": [|]'), ['"us-east-1"', '"eu-central-2"']],
    ['architectures', inImage('"architecture": |'), ['"x86_64"', '"arm64"']],
    ['virtualizations', inImage('"virtualization": |'), ['"hvm"', '"pv"']],
    ['forms of the base image', inImage('"base": |'), ['ubuntu', 'ssm', 'filter', 'id']],
    ['forms of the base image, as keys', inImage('"base": { | }'), ['ubuntu', 'ssm', 'filter', 'id']],
    ['builder options', inImage('"builder": { | }'), ['instance_type', 'subnet_id', 'tags']],
    [
      'options of a region',
      config('"regions": { "us-east-1": { | } }'),
      ['bestEffort', 'subnet_id', 'vpc_id'],
    ],
    ['types of provisioners', inProvisioner('"type": |'), ['"shell"', '"file"', '"ansible"']],
    ['options of shell', inProvisioner('"type": "shell", |'), ['only', 'inline', 'environment_vars']],
    ['options of file', inProvisioner('"type": "file", |'), ['only', 'source', 'destination']],
  ])('%s', async (_, text, expected) => {
    expect(await labels(text)).toEqual(expect.arrayContaining(expected));
  });

  it('each builder option and each of our keys, with a line about it', async () => {
    for (const place of ['"builder": { | }', '|']) {
      const items = await offered(inImage(place));
      expect(items.length).toBeGreaterThan(5);
      expect(items.filter(({ documentation }) => !documentation).map(({ label }) => label)).toEqual([]);
    }
    const [instanceType] = (await offered(inImage('"builder": { | }'))).filter(
      ({ label }) => label === 'instance_type',
    );
    expect(instanceType?.documentation).toMatch(
      /^The builder's instance type.* https:\/\/developer\.hashicorp\.com\//,
    );
  });

  it('no refused builder option', async () => {
    const options = await labels(inImage('"builder": { | }'));
    expect(options.filter((option) => refusedBuilderOptions.includes(option))).toEqual([]);
  });

  it('forms of the base image that are valid as inserted', async () => {
    const text = inImage('"base": |, "builder": {}');
    const forms = (await offered(text)).filter(({ label }) => /^(?:ubuntu|ssm|filter|id)$/.test(label));
    const found = forms.map(async ({ label, textEdit }) => {
      const inserted = textEdit?.newText.replaceAll(/\$\{\d+:([^}]*)\}/g, '$1').replaceAll(/\$\d/g, '') ?? '';
      return [label, await underlined(text.replace('|', inserted))];
    });
    expect(await Promise.all(found)).toEqual([
      ['ubuntu', []],
      ['ssm', []],
      ['filter', []],
      ['id', [['"ami-"', expect.stringContaining('the id of an AMI')]]],
    ]);
  });
});

import type { Schema } from '../lib/validate-shape.ts';
import { builderOptionFacts, everyProvisioner, provisionerFacts, regionNames } from './editor-facts.ts';
import { refusedBuilderAdvice } from './rules/refused-options.ts';
import { publicationSchema } from './schema.ts';

type Node = Readonly<Record<string, unknown>>;

/**
 * The text of `configs/schema.json`: the shape of a publication, with help for writing it. Editors show `errorMessage` for an
 * invalid value, and accept the same as `parse-json.ts` with `allowComments` and `allowTrailingCommas` (the JSON language
 * service of Visual Studio Code). A config that extends another may omit required keys, and remove the other's values with
 * null.
 */
export function schemaText(): string {
  const { $schema, required, ...schema } = publicationSchema;
  const { properties = {} } = orNull(schema);
  const { regions, images, provisioners, encryption, ...others } = properties;
  const helped = {
    ...others,
    encryption: { ...encryption, defaultSnippets: encryptionForms },
    regions: withRegions(regions as Node),
    images: withBuilderOptions(images as Node),
    provisioners: withProvisioners(provisioners as Node),
  };
  const order = Object.keys(properties);
  const sorted = Object.fromEntries(
    Object.entries(helped).sort(([one], [other]) => order.indexOf(one) - order.indexOf(other)),
  );
  const text = {
    $schema,
    allowComments: true,
    allowTrailingCommas: true,
    ...schema,
    properties: sorted,
    if: { required: ['extends'] },
    else: { required },
    definitions: { builder: builderDefinition, region: regionDefinition(regions as Node) },
  };
  return `${JSON.stringify(text, withMessage, 2)}\n`;
}

function withMessage(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('expected' in value)) return value;
  const { expected, ...rest } = value;
  if (isClosedObject(rest)) return rest;
  return { ...rest, errorMessage: `Expected ${expected}.` };
}

/** With such a text, an editor shows for an unknown key what the object should be, and not which key it is. */
const isClosedObject = ({ type, additionalProperties }: Node): boolean =>
  additionalProperties === false && [type].flat().every((one) => one === 'object' || one === 'null');

/** Keys of objects that are merged may be null; lists replace others, so their items stay as they are. */
function orNull(schema: Schema): Schema {
  const merged = (child: Schema): Schema => {
    const types = child.type === undefined ? [] : [child.type].flat();
    return orNull({ ...child, ...(types.length > 0 ? { type: [...new Set([...types, 'null'])] } : {}) });
  };
  const { properties, additionalProperties: others } = schema;
  const entries = Object.entries(properties ?? {}).map(([key, child]) => [key, merged(child)]);
  return {
    ...schema,
    ...(properties ? { properties: Object.fromEntries(entries) } : {}),
    ...(typeof others === 'object' ? { additionalProperties: merged(others) } : {}),
  };
}

const builderPage =
  'https://developer.hashicorp.com/packer/integrations/hashicorp/amazon/latest/components/builder/ebs';

const describedAll = (facts: Readonly<Record<string, string>>, page: string): Node =>
  Object.fromEntries(
    Object.entries(facts).map(([key, description]) => [key, { description: `${description} ${page}` }]),
  );

/** Known options with their descriptions; refused ones with what to write instead. Others pass: a newer Packer may have them. */
const builderDefinition: Node = {
  properties: {
    ...describedAll(builderOptionFacts, builderPage),
    ...Object.fromEntries(
      Object.entries(refusedBuilderAdvice).map(([option, advice]) => [
        option,
        { not: {}, doNotSuggest: true, errorMessage: advice },
      ]),
    ),
  },
};

const refersToBuilder = { $ref: '#/definitions/builder' };

function withBuilderOptions(images: Node): Node {
  const { items } = images as { items: { properties: Record<string, Node> } };
  const { builder, base, architecture, virtualization, regions, encryption, ...properties } =
    items.properties;
  return {
    ...images,
    items: {
      ...items,
      properties: {
        ...properties,
        regions: { ...regions, items: { ...(regions?.items as Node), examples: regionNames } },
        base: { ...base, defaultSnippets: baseForms },
        encryption: { ...encryption, defaultSnippets: encryptionForms },
        architecture: { ...architecture, examples: ['x86_64', 'arm64'] },
        virtualization: { ...virtualization, examples: ['hvm', 'pv'] },
        builder: { ...builder, allOf: [refersToBuilder] },
      },
    },
  };
}

/** A place in a snippet that the editor jumps to, with its initial text. */
const slot = (number: number, text: string): string => `$\{${number}:${text}}`;

const baseForms = [
  {
    label: 'ubuntu',
    description: "Canonical's newest image of a release.",
    body: { ubuntu: slot(1, '2404') },
  },
  {
    label: 'ssm',
    description: 'The AMI that an SSM parameter names.',
    body: { ssm: slot(1, '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64') },
  },
  {
    label: 'filter',
    description: 'The newest image that matches.',
    body: { filter: { owners: [slot(1, '136693071363')], name: slot(2, 'debian-12-amd64-*') } },
  },
  {
    label: 'publication',
    description: 'The AMI that another publication published.',
    body: { publication: slot(1, 'baseline'), image: slot(2, '2404') },
  },
  {
    label: 'id',
    description: 'An AMI for each region.',
    body: { id: { [slot(1, 'us-east-1')]: slot(2, 'ami-') } },
  },
];

const encryptionForms = [
  { label: 'true', description: 'The default key of EBS in the account.', body: true },
  {
    label: 'kmsKey',
    description: 'An alias that each region has.',
    body: { kmsKey: slot(1, 'alias/images') },
  },
  {
    label: 'kmsKey for each region',
    description: 'A key for each region.',
    body: { kmsKey: { [slot(1, 'us-east-1')]: slot(2, 'alias/images') } },
  },
];

function regionDefinition(regions: Node): Node {
  const { additionalProperties } = regions as { additionalProperties: Node };
  return { ...additionalProperties, allOf: [refersToBuilder] };
}

function withRegions(regions: Node): Node {
  const { items } = regions as { items: Node };
  const region = { $ref: '#/definitions/region' };
  return {
    ...regions,
    items: { ...items, examples: regionNames },
    properties: Object.fromEntries(regionNames.map((name) => [name, region])),
    additionalProperties: region,
  };
}

function withProvisioners(provisioners: Node): Node {
  const { items } = provisioners as { items: { properties: Record<string, Node> } };
  const page = 'https://developer.hashicorp.com/packer/docs/provisioners';
  return {
    ...provisioners,
    items: {
      ...items,
      properties: {
        ...items.properties,
        type: { ...items.properties.type, examples: Object.keys(provisionerFacts) },
        ...describedAll(everyProvisioner, page),
      },
      allOf: Object.entries(provisionerFacts).map(([type, options]) => ({
        if: { properties: { type: { const: type } }, required: ['type'] },
        // biome-ignore lint/suspicious/noThenProperty: JSON Schema's own word
        then: { properties: describedAll(options, page) },
      })),
    },
  };
}

import type { Static } from '../lib/json-schema.ts';
import type { Schema } from '../lib/validate-shape.ts';

const regionName = {
  pattern: '^[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}$',
  expected: 'a region as AWS writes it, such as "us-east-1"',
} as const satisfies Schema;

const amiId = {
  type: 'string',
  pattern: '^ami-[0-9a-f]{8}([0-9a-f]{9})?$',
  expected: 'the id of an AMI',
} as const satisfies Schema;

/** The keys that identify an entry without a name. */
export const systemKeys = {
  'Distributor ID': {
    type: 'string',
    pattern: '^[A-Za-z]\\S*$',
    expected: 'a distributor, such as "Ubuntu"',
  },
  Release: { type: 'string', pattern: '^[0-9]+(\\.[0-9]+)*$', expected: 'a release, such as "2204"' },
} as const satisfies Record<string, Schema>;

const entry = {
  type: 'object',
  properties: {
    'Distributor ID': systemKeys['Distributor ID'],
    Name: {
      type: 'string',
      pattern: '^[^/]+/[^/]+$',
      expected: 'a publication and its image, such as "web/al2023"',
    },
    Release: systemKeys.Release,
    architecture: { enum: ['x86_64', 'arm64', 'i386'], expected: '"x86_64", "arm64" or "i386"' },
    id: amiId,
    'root device': { enum: ['ebs', 'instance-store'], expected: '"ebs" or "instance-store"' },
    'virtualization type': { enum: ['hvm', 'pv', 'paravirtual'], expected: '"hvm" or "pv"' },
  },
  required: ['id', 'virtualization type'],
  additionalProperties: false,
  expected: 'an object',
} as const satisfies Schema;

/** ComboAMI's `ami_ids.json` since its 2.6.0: a list of AMIs per region. */
export const idsByRegion = {
  type: 'object',
  propertyNames: regionName,
  additionalProperties: { type: 'array', items: entry, expected: 'a list of AMIs' },
  expected: 'an object of regions',
} as const satisfies Schema;

const regionsOfVirtualization = {
  type: 'object',
  propertyNames: regionName,
  additionalProperties: amiId,
  expected: 'an object of regions and AMIs',
} as const satisfies Schema;

/** The same file up to 2.5.1: one AMI per region, by virtualization type. */
export const idsByVirtualization = {
  type: 'object',
  properties: { hvm: regionsOfVirtualization, pv: regionsOfVirtualization },
  additionalProperties: false,
  expected: 'an object with "hvm" and "pv"',
} as const satisfies Schema;

export type IdsByRegion = Record<string, WrittenEntry[]>;
export type WrittenEntry = Static<typeof entry>;
export type IdsByVirtualization = Static<typeof idsByVirtualization>;

import { definedOnly } from '../lib/defined-only.ts';

/** Options of `cleanup` only, in yargs' format. */
export const cleanupOptions = {
  region: {
    value: 'REGION',
    type: 'string',
    array: true,
    nargs: 1,
    describe: 'Only in this region, also one that is no longer in the config; repeatable',
  },
  // yargs would read an empty text as the number 0: nothing would be kept if a script's variable is unset.
  'keep-last': {
    value: 'N',
    type: 'string',
    requiresArg: true,
    describe: 'How many of the newest to keep, of each image and region; candidates are counted separately',
  },
  'older-than': {
    value: 'AGE',
    type: 'string',
    requiresArg: true,
    describe: 'Delete AMIs of releases older than this: 12h, 180d, 26w',
  },
  'retire-for': {
    value: 'AGE',
    type: 'string',
    requiresArg: true,
    describe: 'Make AMIs private and disable them; delete those that were retired this long ago: 30d',
  },
  restore: {
    type: 'boolean',
    default: false,
    describe: 'Undo the retirement of a release: enable its AMIs, and share them as the config says',
  },
  leftovers: {
    type: 'boolean',
    default: false,
    describe: 'Delete leftovers of failed or killed builds',
  },
  'orphan-age': {
    value: 'AGE',
    type: 'string',
    requiresArg: true,
    defaultDescription: '24h',
    describe: "With --leftovers: Packer's own key pairs and security groups that are older than this",
  },
  adopt: {
    type: 'boolean',
    default: false,
    describe: "Include AMIs without gopackgo's tags whose name is exactly one of the publication's",
  },
  'including-shared': {
    type: 'boolean',
    default: false,
    describe: 'Also delete AMIs that are public or shared',
  },
  usage: {
    type: 'boolean',
    default: false,
    describe: 'Have EC2 report who uses the AMIs, once confirmed; keep those that other accounts use',
  },
  'including-used': {
    type: 'boolean',
    default: false,
    describe: 'With --usage: also delete AMIs that other accounts use, and say who does',
  },
  'max-deletions': {
    value: 'N',
    type: 'string',
    requiresArg: true,
    defaultDescription: '50',
    describe: 'How many AMIs one run may delete in a region',
  },
  'max-share': {
    value: 'SHARE',
    type: 'string',
    requiresArg: true,
    describe: "Which share of an image's AMIs in a region one run may delete; 50%, 100% of a named release",
  },
  'guard-period': {
    value: 'AGE',
    type: 'string',
    requiresArg: true,
    defaultDescription: '30d',
    describe: 'Keep AMIs from which an instance was launched within this time',
  },
  plan: {
    value: 'FILE',
    type: 'string',
    requiresArg: true,
    conflicts: [
      'only',
      'except',
      'region',
      'keep-last',
      'older-than',
      'retire-for',
      'orphan-age',
      'max-deletions',
      'max-share',
      'guard-period',
      'out',
    ],
    describe: 'Apply the plan in this file ("cleanup --out"), exactly as it was reviewed, or nothing',
  },
  out: {
    value: 'FILE',
    type: 'string',
    requiresArg: true,
    describe: 'File for the plan, for "cleanup --plan"; nothing is deleted',
  },
  yes: { type: 'boolean', alias: 'y', default: false, describe: 'Delete what the plan shows' },
} as const;

export interface ParsedCleanup {
  only?: string[] | undefined;
  except?: string[] | undefined;
  region?: string[] | undefined;
  'keep-last'?: string | undefined;
  'older-than'?: string | undefined;
  'retire-for'?: string | undefined;
  leftovers: boolean;
  'orphan-age'?: string | undefined;
  adopt: boolean;
  'including-shared': boolean;
  usage: boolean;
  'including-used': boolean;
  'max-deletions'?: string | undefined;
  'max-share'?: string | undefined;
  'guard-period'?: string | undefined;
  plan?: string | undefined;
  out?: string | undefined;
  yes: boolean;
}

/** Their values, in the form that `cleanupCommand` takes. */
export function cleanupArguments(argv: ParsedCleanup) {
  const {
    'keep-last': keepLast,
    'older-than': olderThan,
    'retire-for': retireFor,
    'orphan-age': orphanAge,
    'max-deletions': maxDeletions,
    'max-share': maxShare,
    'guard-period': guardPeriod,
    plan: planFile,
    out,
    region: regions = [],
    only = [],
    except = [],
  } = argv;
  return {
    written: {
      only,
      except,
      ...definedOnly({ keepLast, olderThan, retireFor, orphanAge, maxDeletions, maxShare, guardPeriod }),
      leftovers: argv.leftovers,
      adopt: argv.adopt,
      includingShared: argv['including-shared'],
      usage: argv.usage,
      includingUsed: argv['including-used'],
    },
    regions,
    yes: argv.yes,
    ...definedOnly({ planFile, out }),
  };
}

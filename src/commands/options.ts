import { cleanupOptions } from './cleanup-options.ts';

/** Which AWS a command uses. */
export const connection = {
  sandbox: {
    type: 'boolean',
    default: false,
    describe: 'Rehearse against the embedded AWS: no account, no cost',
  },
  'sandbox-url': {
    value: 'URL',
    type: 'string',
    requiresArg: true,
    describe: 'URL of a running sandbox, as "gopackgo sandbox" prints it',
  },
  'sandbox-account': {
    value: 'FILE',
    type: 'string',
    requiresArg: true,
    conflicts: 'sandbox-url',
    describe:
      "With --sandbox: file with settings of the sandbox's accounts, which it keeps (docs/sandbox.md)",
  },
  profile: {
    value: 'NAME',
    type: 'string',
    requiresArg: true,
    describe: 'Profile of your AWS configuration',
  },
} as const;

const selection = {
  only: {
    value: 'PATTERN',
    type: 'string',
    array: true,
    nargs: 1,
    describe: 'Only these targets: a name, a part like us-east-1-hvm, or a glob; repeatable',
  },
  except: {
    value: 'PATTERN',
    type: 'string',
    array: true,
    nargs: 1,
    describe: 'All but these targets; repeatable',
  },
} as const;

export const variables = {
  var: {
    value: 'NAME=VALUE',
    type: 'string',
    array: true,
    nargs: 1,
    describe: 'A value for {var.NAME} of the config; repeatable',
  },
  'var-file': {
    value: 'FILE',
    type: 'string',
    array: true,
    nargs: 1,
    describe:
      'File of values for variables, as JSON; repeatable. --var overrides it, and it overrides GOPACKGO_VAR_NAME',
  },
} as const;

const json = { type: 'boolean', default: false, describe: 'Write JSON to stdout, and nothing else' } as const;

const mixed = {
  'accept-mixed': {
    type: 'boolean',
    default: false,
    describe: 'Keep AMIs of another recipe, and report which they are; build only what is missing',
  },
} as const;

const speed = {
  value: 'SPEED',
  choices: ['quick', 'real'] as const,
  requiresArg: true,
  describe: 'How long operations take in the sandbox: no time, or about as long as on AWS',
} as const;

const out = {
  value: 'FILE',
  type: 'string',
  requiresArg: true,
  describe: 'File for the plan, for "publish --plan"',
} as const;

const showing = {
  'show-config': {
    type: 'boolean',
    default: false,
    describe:
      'Show the config with everything that it extends, and where each value comes from; ask AWS nothing',
  },
} as const;

/** Options that decide whether a release may be published; `plan` and `doctor` accept them, too. */
export const deciding = {
  replace: {
    type: 'boolean',
    default: false,
    describe:
      'Remove AMIs of another recipe that are neither shared nor recorded, and build them again; asks first',
  },
  'take-over': {
    type: 'boolean',
    default: false,
    describe: "Stop another host's builds of this release and start them again; asks first",
  },
  'take-over-parameters': {
    type: 'boolean',
    default: false,
    describe: "Overwrite SSM parameters of the config that hold somebody else's value",
  },
  push: {
    type: 'boolean',
    default: false,
    describe: 'Push the git tag of the release ("git" in the config) once it is published',
  },
  'sandbox-speed': speed,
  'run-local': {
    type: 'boolean',
    default: false,
    describe:
      'With --sandbox: allow shell-local provisioners and commands of "notify" to run on this machine',
  },
} as const;

/** Whether anything is published, and how much. */
const scope = {
  'with-bases': {
    type: 'boolean',
    default: false,
    describe: 'First publish the publications that its images start from, in order; ask once for all',
  },
  'if-changed': {
    type: 'boolean',
    default: false,
    describe: 'Publish only if base image, recipe or age calls for a new release; exit status 0 either way',
  },
  'max-age': {
    value: 'AGE',
    type: 'string',
    requiresArg: true,
    describe: 'With --if-changed: make a new release if the last one is older than this, such as 30d',
  },
} as const;

/** `doctor` only: the account as a file for rehearsals. */
const saving = {
  save: {
    value: 'FILE',
    type: 'string',
    requiresArg: true,
    describe:
      'Save what the account has, for --sandbox-account: no secrets, no names of people (docs/rehearse.md)',
  },
  'with-names': {
    type: 'boolean',
    default: false,
    describe: 'With --save: keep tags, descriptions and ARNs that may name people',
  },
  overwrite: { type: 'boolean', default: false, describe: 'With --save: replace the file if it exists' },
} as const;

const publishing = {
  plan: {
    value: 'FILE',
    type: 'string',
    requiresArg: true,
    conflicts: ['only', 'except', 'var'],
    describe: 'Apply the plan in this file ("plan --out"), exactly as it was reviewed, or nothing',
  },
  yes: { type: 'boolean', alias: 'y', default: false, describe: 'Do not ask for confirmation' },
  parallel: { value: 'N', default: 8, describe: 'Builds at once; --no-parallel: one at a time' },
  'parallel-per-region': { value: 'N', default: 4, describe: 'Builds at once in one region' },
  attempts: {
    value: 'N',
    default: 3,
    describe: 'How often to try a build that fails for a transient reason',
  },
  debug: {
    type: 'boolean',
    default: false,
    describe: 'Let Packer pause after each step, in this terminal, one build at a time',
  },
  'fail-fast': {
    type: 'boolean',
    default: false,
    describe: 'Start nothing new once a required target has failed; running builds are allowed to finish',
  },
  quiet: { type: 'boolean', alias: 'q', default: false, describe: 'Only the final table and errors' },
  verbose: {
    type: 'boolean',
    default: false,
    describe: "Keep Packer's debug log next to each build's log (it holds secrets)",
  },
} as const;

/** The options of each command, for yargs and for help. Only data, since help loads nothing else. */
export const optionsOf = {
  plan: { ...connection, ...selection, ...variables, ...mixed, ...scope, ...deciding, json, out, ...showing },
  doctor: { ...connection, ...selection, ...variables, ...mixed, ...deciding, ...saving, json },
  generate: {
    ...connection,
    ...variables,
    out: {
      value: 'DIR',
      type: 'string',
      demandOption: true,
      requiresArg: true,
      describe: 'Folder for the templates',
    },
  },
  publish: {
    ...connection,
    ...selection,
    ...variables,
    ...mixed,
    ...scope,
    ...publishing,
    ...deciding,
    json,
  },
  status: {
    ...connection,
    ...selection,
    ...variables,
    ...mixed,
    as: {
      value: 'PROFILE',
      type: 'string',
      requiresArg: true,
      describe:
        'Also ask what another account sees, with this profile: found, launchable, copyable; with --sandbox: its id',
    },
    json,
  },
  export: {
    ...connection,
    ...selection,
    ...variables,
    ...mixed,
    as: {
      value: 'FORMAT',
      choices: ['ids', 'terraform', 'cloudformation', 'json', 'markdown'] as const,
      demandOption: true,
      requiresArg: true,
      describe: 'The format, as in "record" of a config (docs/records.md)',
    },
  },
  releases: { ...connection, ...variables, json },
  promote: {
    ...connection,
    ...selection,
    ...variables,
    'take-over-parameters': deciding['take-over-parameters'],
    yes: { type: 'boolean', alias: 'y', default: false, describe: 'Do what the plan shows' },
    json,
  },
  yank: {
    ...connection,
    ...variables,
    reason: {
      value: 'TEXT',
      type: 'string',
      requiresArg: true,
      describe: 'Why it is withdrawn: at most 200 characters, kept in a tag of the AMIs',
    },
    promote: {
      value: 'OTHER',
      type: 'string',
      requiresArg: true,
      describe:
        'The version to promote in its place, if records follow it; "none" deletes parameters that follow it',
    },
    undo: {
      type: 'boolean',
      default: false,
      describe: 'Undo it: enable the AMIs, and share them as the config says',
    },
    'take-over-parameters': deciding['take-over-parameters'],
    yes: { type: 'boolean', alias: 'y', default: false, describe: 'Do what the plan shows' },
    json,
  },
  cleanup: { ...connection, ...selection, ...cleanupOptions, ...variables, json },
  sandbox: {
    faults: {
      value: 'FILE',
      type: 'string',
      requiresArg: true,
      describe: 'File with faults to inject (docs/sandbox.md)',
    },
    settings: {
      value: 'FILE',
      type: 'string',
      requiresArg: true,
      describe: 'File with settings of its accounts and its behaviour (docs/sandbox.md)',
    },
    'sandbox-speed': speed,
    port: {
      value: 'PORT',
      type: 'number',
      requiresArg: true,
      describe: 'Port on 127.0.0.1; by default the last one used, or any free port',
    },
  },
} as const;

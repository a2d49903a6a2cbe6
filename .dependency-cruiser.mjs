/**
 * Who may import whom: the table of rooms in docs/architecture.md, as rules. A room lists what it may import of ours,
 * types included; all else of ours is forbidden to it.
 */
const rooms = {
  lib: [],
  model: ['lib'],
  config: ['model', 'lib'],
  aws: ['model', 'lib'],
  packer: ['model', 'lib'],
  plan: ['aws', 'model', 'lib'],
  checks: ['aws', 'model', 'lib'],
  'instance-store': ['aws', 'model', 'lib'],
  observe: ['instance-store', 'aws', 'model', 'lib'],
  remove: ['instance-store', 'aws', 'model', 'lib'],
  build: ['remove', 'observe', 'packer', 'aws', 'model', 'lib'],
  share: ['observe', 'aws', 'model', 'lib'],
  record: ['observe', 'model', 'lib'],
  parameters: ['observe', 'aws', 'model', 'lib'],
  lifecycle: ['plan', 'share', 'record', 'parameters', 'observe', 'instance-store', 'aws', 'model', 'lib'],
  notify: ['aws', 'model', 'lib'],
  git: ['model', 'lib'],
  publish: [
    'plan',
    'checks',
    'build',
    'share',
    'remove',
    'record',
    'parameters',
    'lifecycle',
    'observe',
    'aws',
    'model',
    'lib',
  ],
  cleanup: ['plan', 'remove', 'record', 'observe', 'instance-store', 'aws', 'model', 'lib'],
  account: ['plan', 'checks', 'aws', 'model', 'lib'],
  report: ['model', 'lib'],
};

/** The process: it may import every room, and no room may import it. */
const shell = {
  commands: { path: '^src/commands/', may: Object.keys(rooms) },
  cli: { path: '^src/cli\\.ts$', may: ['commands', 'config', 'lib'] },
  process: { path: '^src/process\\.ts$', may: ['cli', 'commands', 'lib'] },
  bin: { path: '^src/bin\\.ts$', may: ['process'] },
};

const pathOf = (room) => shell[room]?.path ?? `^src/${room}/`;

const roomRules = [
  ...Object.entries(rooms),
  ...Object.entries(shell).map(([name, { may }]) => [name, may]),
].map(([room, may]) => ({
  name: `${room}-imports`,
  comment: `src/${room} may import of ours: ${may.join(', ') || 'nothing'}`,
  severity: 'error',
  from: { path: pathOf(room), ...(room === 'commands' ? { pathNot: openSandbox() } : {}) },
  to: { path: '^(src|sandbox|scripts|test)/', pathNot: [pathOf(room), ...may.map(pathOf)] },
}));

/** The same for the embedded AWS, table in sandbox/README.md: what answers a call is in order of the table, lowest first. */
const sandboxRooms = {
  model: [],
  wire: ['model'],
  state: ['model'],
  calls: ['state', 'wire', 'model'],
  iam: ['calls', 'state', 'model'],
  sts: ['calls', 'state', 'model'],
  sns: ['calls', 'state', 'model'],
  'service-quotas': ['calls', 'state', 'model'],
  s3: ['calls', 'state', 'wire', 'model'],
  ec2: ['s3', 'calls', 'state', 'wire', 'model'],
  ssm: ['ec2', 'calls', 'state', 'model'],
  kms: ['ec2', 'calls', 'state', 'model'],
  'auto-scaling': ['ec2', 'calls', 'state', 'model'],
  declared: ['ec2', 'ssm', 'calls', 'state', 'model'],
  seeding: ['aws', 'ec2', 's3', 'calls', 'state', 'wire', 'model'],
  server: ['calls', 'wire', 'model'],
};

/** What is made of the rooms: a call from request to answer, and what the public gets. */
const sandboxEntries = {
  aws: Object.keys(sandboxRooms).filter((room) => room !== 'seeding' && room !== 'server'),
  index: ['aws', 'seeding', 'server', 'calls', 'wire', 'model'],
};

const sandboxPathOf = (room) => (sandboxEntries[room] ? `^sandbox/${room}\\.ts$` : `^sandbox/${room}/`);

const sandboxRules = [...Object.entries(sandboxRooms), ...Object.entries(sandboxEntries)].map(
  ([room, may]) => ({
    name: `sandbox-${room}-imports`,
    comment: `sandbox/${room} may import of ours: ${may.join(', ') || 'nothing'}`,
    severity: 'error',
    from: { path: sandboxPathOf(room) },
    to: { path: '^sandbox/', pathNot: [sandboxPathOf(room), ...may.map(sandboxPathOf)] },
  }),
);

function openSandbox() {
  return '^src/commands/open-sandbox\\.ts$';
}

const sdk = 'node_modules/(@aws-sdk|@smithy)/';

export default {
  forbidden: [
    ...roomRules,
    {
      name: 'every-file-in-a-room',
      comment: 'A new folder of src needs a line in the table of .dependency-cruiser.mjs',
      severity: 'error',
      from: { path: '^src/', pathNot: [...Object.keys(rooms), ...Object.keys(shell)].map(pathOf) },
      to: {},
    },
    {
      name: 'sdk-in-src-aws',
      comment: 'The AWS SDK is spoken to in src/aws and in the sandbox, nowhere else',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/aws/' },
      to: { path: sdk },
    },
    {
      name: 's3-loaded-lazily',
      comment: 'S3 is loaded by src/instance-store/s3.ts, when instance-store needs it: elsewhere types only',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/aws/s3/', '^src/instance-store/s3\\.ts$'] },
      to: { path: '^src/aws/s3/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 's3-door-is-lazy',
      comment: 'Whoever imports the door loads nothing yet',
      severity: 'error',
      from: { path: '^src/instance-store/s3\\.ts$' },
      to: { path: '^src/aws/s3/', dependencyTypesNot: ['dynamic-import', 'type-only'] },
    },
    {
      name: 'typebox-for-types-alone',
      comment: 'It gives schemas their types, is installed for development only, and takes long to load',
      severity: 'error',
      from: { path: '^(src|sandbox)/' },
      to: { path: 'node_modules/typebox/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'sandbox-stands-alone',
      comment: 'The embedded AWS knows nothing of gopackgo',
      severity: 'error',
      from: { path: '^sandbox/' },
      to: { path: '^(src|scripts|test)/' },
    },
    ...sandboxRules,
    {
      name: 'sandbox-file-in-a-room',
      comment: 'A new folder of sandbox needs a line in the table of .dependency-cruiser.mjs',
      severity: 'error',
      from: {
        path: '^sandbox/',
        pathNot: [
          ...[...Object.keys(sandboxRooms), ...Object.keys(sandboxEntries)].map(sandboxPathOf),
          '^sandbox/test(ing)?/',
        ],
      },
      to: {},
    },
    {
      name: 'sandbox-in-tests',
      comment:
        'Tests and benchmarks take from the sandbox what index.ts and testing/ export, nothing behind them',
      severity: 'error',
      from: { path: '^(test|bench)/' },
      to: {
        path: '^sandbox/',
        pathNot: '^sandbox/(index|testing/(index|without-vitest|internals))\\.ts$',
      },
    },
    {
      name: 'sandbox-internals-in-tests',
      comment:
        'What compares the sandbox with something else needs its internals: judges, and tests of its pages',
      severity: 'error',
      from: { path: '^(test|bench)/', pathNot: '^test/(referees|house)/' },
      to: { path: '^sandbox/testing/internals\\.ts$' },
    },
    {
      name: 'benchmarks-without-vitest',
      comment: 'A benchmark is run by Node, and vitest cannot be loaded there',
      severity: 'error',
      from: { path: '^bench/' },
      to: { path: '^sandbox/testing/index\\.ts$', reachable: true },
    },
    {
      name: 'sandbox-opened-in-one-place',
      comment: 'src/commands/open-sandbox.ts alone loads the sandbox',
      severity: 'error',
      from: { path: '^src/', pathNot: openSandbox() },
      to: { path: '^sandbox/' },
    },
    {
      name: 'sandbox-loaded-lazily',
      comment: 'A run against the real AWS never loads the sandbox: import(), or types',
      severity: 'error',
      from: { path: openSandbox() },
      to: { path: '^sandbox/', dependencyTypesNot: ['dynamic-import', 'type-only'] },
    },
    {
      name: 'no-cycles',
      comment: 'A cycle makes two files one',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'found',
      comment: 'An import that leads nowhere escapes the other rules',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};

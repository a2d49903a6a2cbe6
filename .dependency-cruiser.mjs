/**
 * Who may import whom: the table of folders in docs/architecture.md, as rules. A folder lists what it may import of
 * ours; all else of ours is forbidden to it. `types` are files of which only types may be imported.
 */
const folders = {
  lib: {},
  events: { files: '^src/events\\.ts$', types: ['config', 'plan', 'lib'] },
  config: { may: ['lib'] },
  aws: { may: ['lib'] },
  plan: { may: ['config', 'aws', 'lib'] },
  resourceNames: { files: '^src/plan/resource-names\\.ts$', may: ['lib'], types: ['plan'] },
  doctor: { may: ['aws', 'lib'], types: ['plan', 'config'] },
  packer: { may: ['resourceNames', 'lib'], types: ['plan', 'config'] },
  release: { may: ['plan', 'packer', 'doctor', 'aws', 'lib'], types: ['config', 'events'] },
  record: { may: ['aws', 'lib'], types: ['release', 'plan', 'config', 'events'] },
  cleanup: { may: ['release', 'record', 'plan', 'aws', 'lib'], types: ['config', 'events'] },
  report: { may: ['lib'], types: ['events'] },
};

const pathOf = (folder) => folders[folder].files ?? `^src/${folder}/`;

const folderRules = Object.entries(folders).flatMap(([folder, { may = [], types = [] }]) => [
  {
    name: `${folder}-imports`,
    comment: `src/${folder} may import of ours: ${[...may, ...types].join(', ') || 'nothing'}`,
    severity: 'error',
    from: { path: pathOf(folder) },
    to: {
      path: '^(src|sandbox|scripts|test)/',
      pathNot: [pathOf(folder), ...[...may, ...types].map(pathOf)],
    },
  },
  ...types.map((other) => ({
    name: `${folder}-imports-only-types-of-${other}`,
    comment: `src/${folder} may import types of ${other}, nothing that runs`,
    severity: 'error',
    from: { path: pathOf(folder) },
    to: { path: pathOf(other), pathNot: may.map(pathOf), dependencyTypesNot: ['type-only'] },
  })),
]);

const sdk = 'node_modules/(@aws-sdk|@smithy)/';

export default {
  forbidden: [
    ...folderRules,
    {
      name: 'sdk-in-src-aws',
      comment: 'The AWS SDK is spoken to in src/aws and in the sandbox, nowhere else',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/aws/' },
      to: { path: sdk },
    },
    {
      name: 'sandbox-stands-alone',
      comment: 'The embedded AWS knows nothing of gopackgo',
      severity: 'error',
      from: { path: '^sandbox/' },
      to: { path: '^(src|scripts|test)/' },
    },
    {
      name: 'sandbox-opened-in-one-place',
      comment: 'src/commands/open-sandbox.ts alone loads the sandbox',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/open-sandbox\\.ts$' },
      to: { path: '^sandbox/' },
    },
    {
      name: 'sandbox-loaded-lazily',
      comment: 'A run against the real AWS never loads the sandbox: import(), or types',
      severity: 'error',
      from: { path: '^src/open-sandbox\\.ts$' },
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

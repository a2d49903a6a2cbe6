type Row = readonly [left: string, right: string];

interface Command {
  usage: string;
  does: string;
  /** Its words that are not options. */
  words: readonly Row[];
  examples: readonly Row[];
}

const named =
  'The name of a file in configs/, such as test-ebs, or the path of one; NAME@VERSION for another version';
const publication: Row = ['<publication>', named];
const publicationOrPlan: Row = ['[publication]', `${named}. Not needed with --plan, which names it`];

const releaseNamed: Row = ['<release>', 'A publication with its version: official@2.6.4'];

/** The commands, as help and the command line name them. */
export const commands = {
  plan: {
    usage: 'plan <publication>',
    does: 'Show the targets, their base images, what exists and what would be built',
    words: [publication],
    examples: [
      ['gopackgo plan official --sandbox', 'rehearse it, without an account'],
      ['gopackgo plan official --out plan.json', 'keep it for "publish --plan plan.json"'],
    ],
  },
  doctor: {
    usage: 'doctor <publication>',
    does: 'Check whether the account, Packer and the config would let it be built and shared',
    words: [publication],
    examples: [
      ['gopackgo doctor official', 'every check of every target, built or not'],
      ['gopackgo doctor official --json', 'each as JSON'],
      ['gopackgo doctor official --save account.json', 'your account, to rehearse in'],
    ],
  },
  generate: {
    usage: 'generate <publication>',
    does: 'Write the Packer template of each region',
    words: [publication],
    examples: [['gopackgo generate official --out templates', 'one file for each region']],
  },
  publish: {
    usage: 'publish [publication]',
    does: 'Build what is missing, verify, share; run it again to resume',
    words: [publicationOrPlan],
    examples: [
      ['gopackgo publish official --sandbox', 'rehearse it, without an account'],
      ['gopackgo publish official@2.6.4 --only us-east-1', 'one region of this version'],
    ],
  },
  status: {
    usage: 'status <publication>',
    does: "Show every target's status, and what of the published releases differs from the config, from AWS alone",
    words: [publication],
    examples: [
      ['gopackgo status official', 'everything that was published; exit status 5 if it differs'],
      ['gopackgo status official@2.6.4 --json', 'one release, as JSON'],
      ['gopackgo status official --as customer', 'and what the account of that profile can do with it'],
    ],
  },
  export: {
    usage: 'export <publication>',
    does: 'Print the AMIs as a record has them, from AWS alone',
    words: [publication],
    examples: [['gopackgo export official@2.6.4 --as terraform', "as Terraform's variables"]],
  },
  releases: {
    usage: 'releases <publication>',
    does: 'Show every release in AWS: who may use it, which records name it, what was promoted or yanked',
    words: [publication],
    examples: [['gopackgo releases official', 'the newest first']],
  },
  promote: {
    usage: 'promote <release>',
    does: 'Point files and SSM parameters that follow a release at this one; an older one is a rollback',
    words: [releaseNamed],
    examples: [
      ['gopackgo promote official@2.6.4', 'shows what would change, and asks'],
      ['gopackgo promote official@2.6.3 --yes', 'back to the one before'],
    ],
  },
  yank: {
    usage: 'yank <release>',
    does: 'Withdraw a release: nobody may use or launch its AMIs any more, and none is deleted; --undo undoes it',
    words: [releaseNamed],
    examples: [
      ['gopackgo yank official@2.6.4 --reason "CVE-2026-1234"', 'shows who loses what, and asks'],
      ['gopackgo yank official@2.6.4 --reason "…" --promote 2.6.3', 'of a release that records follow'],
      ['gopackgo yank official@2.6.4 --undo', 'shares it again'],
    ],
  },
  cleanup: {
    usage: 'cleanup [publication]',
    does: 'Show which AMIs would be deleted, with their dependents (snapshots, bundles); delete them',
    words: [publicationOrPlan],
    examples: [
      ['gopackgo cleanup official@2.6.4', 'the AMIs of one release'],
      ['gopackgo cleanup official --keep-last 3 --older-than 180d', 'those of older releases'],
      ['gopackgo cleanup official --leftovers', 'leftovers of failed or killed builds'],
      ['gopackgo cleanup official@2.6.4 --restore', 'undo the retirement of a release'],
    ],
  },
  sandbox: {
    usage: 'sandbox [action]',
    does: 'Run the embedded AWS for other tools and print the environment variables that point them to it; "reset" deletes its state',
    words: [['[action]', "reset: delete all state of this folder's sandbox"]],
    examples: [['gopackgo sandbox > sandbox.env', 'then, in another shell: . ./sandbox.env']],
  },
} as const satisfies Record<string, Command>;

/** The message for an unknown command, in the style of yargs' messages; yargs itself would print none. */
export const unknownCommandMessage = 'Unknown command';

/** The start of yargs' message for a missing publication. */
export const noPublicationMessage = 'Not enough non-option arguments';

export const purpose = 'Publish machine images to every AWS region.';

const version = ['-V, --version', 'Show version number'] as const;

const options: readonly Row[] = [
  ['-h, --help', "Show help; after a command's name, that command's"],
  version,
];

export const helpOptions: readonly Row[] = [['-h, --help', 'Show help'], version];

/** Exit statuses, for help; docs/commands.md has the details. */
export const exits: readonly Row[] = [
  ['0', 'done, or shown; for plan and doctor: publish would start'],
  ['1', 'something required failed, or could not be looked up'],
  ['2', 'the command line or the config is wrong'],
  ['3', 'done, except best-effort regions'],
  ['4', 'refused before anything was made; for plan and doctor: publish would be refused'],
  ['5', 'for status: something differs from the config, or is missing'],
  ['130', 'interrupted'],
];

/**
 * The text of `gopackgo --help`, without yargs, which takes longer to load than everything else here.
 *
 * @param width the maximum line length, if words allow it.
 */
export function overview(width: number): string {
  const usages = Object.values(commands).map(({ usage, does }) => [`gopackgo ${usage}`, does] as const);
  const sections = { Commands: usages, Options: options, 'Exit status': exits };
  const lists = Object.entries(sections).map(([title, rows]) => `${title}:\n${columns(rows, width)}`);
  return `gopackgo <command>\n\n${purpose}\n\n${lists.join('\n')}\nMore: docs/commands.md\n`;
}

/** Rows in two columns, the second one wrapped. */
export function columns(rows: readonly Row[], width: number): string {
  const indent = 4 + Math.max(...rows.map(([left]) => left.length));
  const lines = rows.flatMap(([left, right]) =>
    wrapped(right, width - indent).map((part, index) => `  ${index === 0 ? left : ''}`.padEnd(indent) + part),
  );
  return lines.map((line) => `${line}\n`).join('');
}

/** Wraps a text to lines of at most `width` characters; a longer word stays whole. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

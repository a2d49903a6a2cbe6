/** The commands, as help and the command line name them. */
export const commands = {
  plan: {
    usage: 'plan <publication>',
    does: 'Show the targets, their base images, what exists and what would be built',
  },
  generate: { usage: 'generate <publication>', does: 'Write the Packer template of each region' },
  publish: {
    usage: 'publish <publication>',
    does: 'Build what is missing, verify, share; run it again to resume',
  },
  status: { usage: 'status <publication>', does: "Show every target's status, from AWS alone" },
  cleanup: {
    usage: 'cleanup <publication>',
    does: 'Show which AMIs would be deleted, with their dependents (snapshots, bundles); delete them',
  },
  sandbox: {
    usage: 'sandbox [action]',
    does: 'Run the embedded AWS for other tools and print the environment variables that point them to it; "reset" deletes its state',
  },
} as const;

/** What is said of a first word that is no command, as yargs says other mistakes: yargs itself would say nothing. */
export const unknownCommandMessage = 'Unknown command';

export const purpose = 'Publish machine images to every AWS region.';

const options = [
  ['-h, --help', "Show help; after a command's name, that command's"],
  ['-V, --version', 'Show version number'],
] as const;

/**
 * The text of `gopackgo --help`, without yargs, which takes longer to load than everything else that this help needs.
 *
 * @param width the most characters in a line, where words allow.
 */
export function overview(width: number): string {
  const usages = Object.values(commands).map(({ usage, does }) => [`gopackgo ${usage}`, does] as const);
  const sections = { Commands: usages, Options: options };
  const lists = Object.entries(sections).map(([title, rows]) => `${title}:\n${columns(rows, width)}`);
  return `gopackgo <command>\n\n${purpose}\n\n${lists.join('\n')}`;
}

function columns(rows: readonly (readonly [string, string])[], width: number): string {
  const indent = 4 + Math.max(...rows.map(([left]) => left.length));
  const lines = rows.flatMap(([left, right]) =>
    wrapped(right, width - indent).map((part, index) => `  ${index === 0 ? left : ''}`.padEnd(indent) + part),
  );
  return lines.map((line) => `${line}\n`).join('');
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

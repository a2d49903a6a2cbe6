/** The commands, as help and the command line call them. */
export const commands = {
  plan: {
    usage: 'plan <publication>',
    does: 'Show the targets, their base images, what exists and what would be made',
  },
  generate: { usage: 'generate <publication>', does: 'Write the Packer template of each region' },
  publish: {
    usage: 'publish <publication>',
    does: 'Build what is missing, verify, share; run it again to resume',
  },
  status: { usage: 'status <publication>', does: "Show every target's status, from AWS alone" },
  cleanup: {
    usage: 'cleanup <publication>',
    does: 'Show which AMIs would be deleted, with all that hangs on them; delete them',
  },
  sandbox: {
    usage: 'sandbox [action]',
    does: 'Run the embedded AWS for other tools and print the environment that leads them to it; "reset" forgets its state',
  },
} as const;

export const purpose = 'Publish machine images to every AWS region.';

const options = [
  ['-h, --help', "Show help; after a command's name, that command's"],
  ['-V, --version', 'Show version number'],
] as const;

/**
 * What `gopackgo --help` says, without yargs: loading that takes longer than all else that this help needs.
 *
 * @param width characters in a line, at most where words allow.
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

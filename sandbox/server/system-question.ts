import { posix } from 'node:path';
import type { InstanceFiles } from './instance-files.ts';

const sizeLimit = 1024 * 1024;

/** Package and service managers of other systems, which no provisioning installs on Ubuntu. */
const foreign = new Set(
  'apk brew dnf dnf5 emerge initctl launchctl microdnf pacman pkg pkg_add rc-service rcctl sv xbps xbps-install yum zypper'.split(
    ' ',
  ),
);

/**
 * Ubuntu's answers to the two questions by which PyInfra (3.10) identifies a system: the available programs, and the release
 * files. Undefined for every other command. Since commands count as successful, each program that they may have installed
 * counts as present.
 */
export async function answerSystemQuestion(
  command: string,
  files: InstanceFiles,
): Promise<{ exit: number; stdout?: string } | undefined> {
  const [, program] = /^command -v '?([\w.+-]+)'?(?:\s*\|\|\s*true)?$/.exec(command) ?? [];
  if (program !== undefined) {
    if (!foreign.has(program)) return { exit: 0, stdout: `/usr/bin/${program}\n` };
    return { exit: command.includes('||') ? 0 : 1 };
  }
  if (!asksForReleaseFiles.test(command)) return undefined;
  const names = (await files.list('/etc')).filter((name) => name.endsWith('-release'));
  const parts = await Promise.all(
    names.map(async (name) => {
      const path = posix.join('/etc', name);
      return `${path}\n${(await textOf(path, files)) ?? ''}\n---\n`;
    }),
  );
  return { exit: 0, stdout: parts.join('') };
}

const asksForReleaseFiles =
  /^cd \/etc\/? && for (\w+) in \$\(ls -pdL \*-release \| grep -v \/\); do echo "\/etc\/\$\{\1\}"; cat "\/etc\/\$\{\1\}"; echo ---; done$/;

/** Content of a file of the instance; undefined if there is nothing readable, or too much. */
export async function textOf(path: string, files: InstanceFiles): Promise<string | undefined> {
  const found = await files.look(path);
  if (found?.kind !== 'file' || found.size > sizeLimit) return undefined;
  const file = await files.open(path).catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    return (await file.read(0, file.size)).toString('utf8');
  } finally {
    await file.close();
  }
}

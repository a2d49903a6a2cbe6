import { execFile } from 'node:child_process';
import { open } from 'node:fs/promises';
import { shellWords } from './shell-words.ts';
import type { UploadedFiles } from './uploaded-files.ts';

/** A script that no shell can run, and bash's message about it. */
export interface BrokenScript {
  path: string;
  stderr: string;
}

const timeLimit = 10_000;
const sizeLimit = 4 * 1024 * 1024;

/**
 * Finds uploaded shell scripts that a command runs and checks each with `bash -n`, which parses and runs nothing. Returns the
 * first broken one, with the script's path on the instance in bash's message. Checking when the script runs, not when it
 * arrives, needs no memory that a restart would lose.
 */
export async function findBrokenScript(
  command: string,
  user: string,
  files: UploadedFiles,
): Promise<BrokenScript | undefined> {
  if (onlyHandlesFiles(command)) return undefined;
  for (const path of new Set(wordsOf(command).map((word) => files.resolve(word, user)))) {
    const file = await files.find(path);
    if (file === undefined || !(await isShellScript(file))) continue;
    const stderr = await complaintOfBash(file);
    if (stderr !== undefined) return { path, stderr: stderr.replaceAll(file, path) };
  }
  return undefined;
}

const handlesFiles =
  /^\s*(?:sudo\s+)?(?:chmod|chown|chgrp|rm|ls|cat|cp|mv|mkdir|ln|stat|test|touch|file|install)\s/;

/** Packer's own `chmod 0755 SCRIPT` and `rm -f SCRIPT` name a script without running it. */
const onlyHandlesFiles = (command: string): boolean =>
  command.split(/[;&|\n]+/).every((part) => part.trim() === '' || handlesFiles.test(part));

/** The words of a command, and those within its quoted words: `sudo sh -c '/tmp/script.sh now'`. */
const wordsOf = (command: string): string[] => {
  const words = shellWords(command).slice(0, 1000);
  return [...words, ...words.filter((word) => /\s/.test(word)).flatMap(shellWords)].filter(
    (word) => word.length < 4096,
  );
};

/** Whether a shebang names sh or bash, directly or through env. Scripts of other interpreters are not checked. */
async function isShellScript(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    if ((await handle.stat()).size > sizeLimit) return false;
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(256), 0, 256, 0);
    return /^#![ \t]*(?:\/\S*\/)?(?:env[ \t]+(?:-\S+[ \t]+)*)?(?:ba)?sh(?:[ \t\r]|\n|$)/.test(
      buffer.toString('utf8', 0, bytesRead),
    );
  } finally {
    await handle.close();
  }
}

/** Bash's complaint; undefined if there is none, or if this machine has no bash. */
function complaintOfBash(file: string): Promise<string | undefined> {
  const options = { timeout: timeLimit, env: { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C' } };
  return new Promise((resolve) => {
    const child = execFile('bash', ['-n', file], options, (error, _stdout, stderr) => {
      resolve(error !== null && typeof error.code === 'number' ? stderr || 'bash -n failed\n' : undefined);
    });
    child.stdin?.end();
  });
}

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from './cache-folder.ts';
import { exclusively } from './exclusive.ts';

const run = promisify(execFile);

/** Milliseconds. Making one takes half a minute with a fast package index. */
const limit = 600_000;

const project = resolve(import.meta.dirname, '../..');

export interface PythonEnvironment {
  folder: string;
  python: string;
}

export interface Made {
  /** The name of its folder, before the hash of its inputs. */
  name: string;
  /** The packages that pip installs, each with its exact version. */
  requirements: string;
  /** Further files that it depends on. */
  sources: readonly string[];
  /** Adds content that pip does not install. */
  finish: (python: string, folder: string) => Promise<void>;
}

/**
 * A virtual environment for these requirements and this machine's Python, made in the user's cache if it does not exist
 * yet, so that a clean checkout finds it; two processes that ask at once make one. It appears completely or not at all. Throws
 * with the message of Python or pip if it cannot be made.
 */
export const pythonEnvironment = async (
  { name, requirements, sources, finish }: Made,
  tools = cacheFolder(join(project, '.tools')),
): Promise<PythonEnvironment> => {
  const texts = [requirements, import.meta.filename, ...sources].map((file) => readFileSync(file, 'utf8'));
  const hash = createHash('sha256').update([...texts, await whichPython()].join('\n'));
  const folder = join(tools, `${name}-${hash.digest('hex').slice(0, 12)}`);
  const environment = { folder, python: join(folder, 'bin', 'python') };
  if (existsSync(folder)) return environment;
  await exclusively(`${folder}.lock`, limit, async () => {
    if (!existsSync(folder)) await make(folder, requirements, finish);
  });
  return environment;
};

/** Programs are started as `python -m NAME`, since the scripts in `bin/` name the folder that they were made in. */
const make = async (folder: string, requirements: string, finish: Made['finish']): Promise<void> => {
  const unfinished = `${folder}.${process.pid}`;
  rmSync(unfinished, { recursive: true, force: true });
  try {
    await command('python3', ['-m', 'venv', unfinished]);
    const python = join(unfinished, 'bin', 'python');
    await command(python, ['-m', 'pip', 'install', '--quiet', '--no-deps', '--requirement', requirements]);
    await command(python, ['-m', 'pip', 'check', '--quiet']);
    await finish(python, unfinished);
    renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
};

/** An environment belongs to the Python that made it: after an upgrade it no longer finds its packages. */
const whichPython = (): Promise<string> =>
  command('python3', ['-c', 'import sys; print(sys.base_prefix, sys.version)']);

interface Output {
  stdout?: string;
  stderr?: string;
}

/** Its output. */
export const command = async (program: string, words: string[]): Promise<string> => {
  try {
    return (await run(program, words, { timeout: limit })).stdout;
  } catch (error) {
    const { code, stderr = '', stdout = '', message } = error as NodeJS.ErrnoException & Output;
    if (code === 'ENOENT') throw new Error(`${program} is not installed`);
    const said = `${stdout}\n${stderr}`.trim().split('\n').at(-1);
    throw new Error(`${[program, ...words.slice(0, 3)].join(' ')}: ${said || message}`);
  }
};

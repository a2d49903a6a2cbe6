import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { exclusively } from './exclusive.ts';

const run = promisify(execFile);

/** Where other people's programs are: a virtual environment of Python with what `requirements.txt` pins. */
export interface RefereesEnvironment {
  folder: string;
  python: string;
}

/** Milliseconds. Making one takes half a minute where the package index is near. */
const limit = 600_000;

const project = resolve(import.meta.dirname, '../..');
const requirements = join(import.meta.dirname, 'requirements.txt');

/**
 * The virtual environment for these requirements, made under `.tools/` where it is not there yet; two processes that
 * ask at once make one. It appears whole or not at all. Throws with what Python or pip said where it cannot be made.
 */
export const refereesEnvironment = async (tools = join(project, '.tools')): Promise<RefereesEnvironment> => {
  const hash = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  const folder = join(tools, `referees-${hash}`);
  const environment = { folder, python: join(folder, 'bin', 'python') };
  if (existsSync(folder)) return environment;
  mkdirSync(tools, { recursive: true });
  await exclusively(`${folder}.lock`, limit, async () => {
    if (!existsSync(folder)) await make(folder);
  });
  return environment;
};

/** Programs are started as `python -m NAME`, since the scripts in `bin/` name the folder that they were made in. */
const make = async (folder: string): Promise<void> => {
  const unfinished = `${folder}.${process.pid}`;
  rmSync(unfinished, { recursive: true, force: true });
  try {
    await command('python3', ['-m', 'venv', unfinished]);
    const python = join(unfinished, 'bin', 'python');
    await command(python, ['-m', 'pip', 'install', '--quiet', '--no-deps', '--requirement', requirements]);
    await command(python, ['-m', 'pip', 'check', '--quiet']);
    renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
};

const command = async (program: string, words: string[]): Promise<void> => {
  try {
    await run(program, words, { timeout: limit });
  } catch (error) {
    const { stderr = '', stdout = '', message } = error as Error & { stderr?: string; stdout?: string };
    const said = `${stdout}\n${stderr}`.trim().split('\n').at(-1);
    throw new Error(`${[program, ...words.slice(0, 3)].join(' ')}: ${said || message}`);
  }
};

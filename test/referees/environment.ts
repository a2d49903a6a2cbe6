import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { command, type PythonEnvironment, pythonEnvironment } from './python-environment.ts';

/** The place of other people's programs: a Python virtual environment with the packages that `requirements.txt` pins. */
export interface RefereesEnvironment extends PythonEnvironment {
  /** Holds the `tests` package of moto's source distribution, which moto's wheel leaves out. */
  motoSource: string;
}

const requirements = join(import.meta.dirname, 'requirements.txt');

/** The environment of the judges. Throws with the message of Python or pip if it cannot be made. */
export const refereesEnvironment = async (tools?: string): Promise<RefereesEnvironment> => {
  const sources = [import.meta.filename];
  const made = { name: 'referees', requirements, sources, finish: fetchMotoSource };
  const environment = await pythonEnvironment(made, tools);
  return { ...environment, motoSource: join(environment.folder, 'moto') };
};

const fetchMotoSource = async (python: string, folder: string): Promise<void> => {
  const [moto = ''] = /^moto==.*$/m.exec(readFileSync(requirements, 'utf8')) ?? [];
  const packed = join(folder, 'packed');
  const options = ['--quiet', '--no-deps', '--no-binary', 'moto', '--dest', packed];
  await command(python, ['-m', 'pip', 'download', ...options, moto]);
  const unpacked = join(folder, 'moto');
  mkdirSync(unpacked);
  const [archive = ''] = readdirSync(packed);
  const name = archive.replace(/\.tar\.gz$/, '');
  const whither = ['-C', unpacked, '--strip-components=1', `${name}/tests`];
  await command('tar', ['-xzf', join(packed, archive), ...whither]);
  rmSync(packed, { recursive: true });
};

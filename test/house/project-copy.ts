import { execFile } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';

/** A copy of `scripts/` in a folder with a space in its name, for tests of the scripts' effect on a project. */
export interface ProjectCopy {
  folder: string;
  /** Program text by file name inside the copy; made executable. */
  program(file: string, text: string): string;
  file(file: string, text: string): string;
  /** Only the programs in `bin/` are on PATH: of the machine's programs only those in `tools`. */
  run(script: string, words?: string[], environment?: Record<string, string>, cwd?: string): Promise<Run>;
  remove(): void;
}

export interface Run {
  status: number;
  stdout: string;
  stderr: string;
  pid: number | undefined;
}

const onPath = (tool: string) =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, tool))
    .find((file) => existsSync(file));

export const onThisMachine = (...tools: string[]) => tools.every((tool) => onPath(tool) !== undefined);

export function projectCopy(tools: string[]): ProjectCopy {
  const parent = mkdtempSync(join(tmpdir(), 'scripts-'));
  const folder = join(parent, 'a project');
  cpSync(resolve(import.meta.dirname, '../../scripts'), join(folder, 'scripts'), { recursive: true });
  const file = (name: string, text: string) => {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  };
  const program = (name: string, text: string) => {
    const path = file(name, text);
    chmodSync(path, 0o755);
    return path;
  };
  mkdirSync(join(folder, 'bin'));
  for (const tool of tools) {
    const path = onPath(tool);
    if (path !== undefined) symlinkSync(path, join(folder, 'bin', tool));
  }
  return {
    folder,
    file,
    program,
    run: (script, words = [], environment = {}, cwd = parent) =>
      new Promise((done) => {
        const env = { PATH: join(folder, 'bin'), HOME: parent, ...environment };
        const child = execFile(
          '/bin/bash',
          [join(folder, script), ...words],
          { cwd, env, timeout: 30_000 },
          (error, stdout, stderr) => {
            const status = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
            done({ status, stdout, stderr, pid: child.pid });
          },
        );
        child.stdin?.end();
      }),
    remove: () => rmSync(parent, { recursive: true, force: true }),
  };
}

import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { command, type PythonEnvironment, pythonEnvironment } from './python-environment.ts';

/** The tools of docs/other-tools.md that are not AWS's own: Cloud Custodian, awspub, Ansible. */
export interface ToolsEnvironment extends PythonEnvironment {
  /** Ansible's collection `amazon.aws`, for `ANSIBLE_COLLECTIONS_PATH`. */
  collections: string;
}

/** `ansible` contains amazon.aws 10.1.2 among a hundred other collections: it is unpacked, not installed. */
const ansible = 'ansible==12.3.0';

/** Their environment, separate from that of the judges. Throws with the message of Python or pip if it cannot be made. */
export const toolsEnvironment = async (): Promise<ToolsEnvironment> => {
  const environment = await pythonEnvironment({
    name: 'tools',
    requirements: join(import.meta.dirname, 'requirements-tools.txt'),
    sources: [import.meta.filename],
    finish: fetchCollection,
  });
  return { ...environment, collections: join(environment.folder, 'collections') };
};

const fetchCollection = async (python: string, folder: string): Promise<void> => {
  const packed = join(folder, 'packed');
  const options = ['--quiet', '--no-deps', '--only-binary', ':all:', '--dest', packed];
  await command(python, ['-m', 'pip', 'download', ...options, ansible]);
  const [archive = ''] = readdirSync(packed);
  const unpack = [
    'import sys, zipfile',
    'with zipfile.ZipFile(sys.argv[1]) as archive:',
    '    names = [name for name in archive.namelist() if name.startswith("ansible_collections/amazon/aws/")]',
    '    archive.extractall(sys.argv[2], names)',
  ].join('\n');
  await command(python, ['-c', unpack, join(packed, archive), join(folder, 'collections')]);
  rmSync(packed, { recursive: true });
};

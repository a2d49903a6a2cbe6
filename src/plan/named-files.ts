import { dirname, join } from 'node:path';
import type { Json } from '../model/publication.ts';

/** A file or folder that an option names, as written; `option` says where: `scripts[1]`. */
export interface NamedFile {
  option: string;
  path: string;
}

/** The files that a provisioner's options name. A file that an earlier provisioner creates (`generated`) does not exist yet. */
export function filesOfProvisioner(type: string, options: Record<string, Json>): NamedFile[] {
  const uploads = type === 'file' && options.direction !== 'download' && options.generated !== true;
  const named = ['script', 'scripts', 'playbook_file', ...(uploads ? ['source', 'sources'] : [])];
  return filesIn(options, isAnsible(type) ? [...named, ...ofAnsible] : named);
}

/** Options of Packer's provisioners ansible and ansible-local that name files and folders (their documentation). */
const ofAnsible = [
  'playbook_files',
  'playbook_dir',
  'playbook_paths',
  'role_paths',
  'galaxy_file',
  'group_vars',
  'host_vars',
  'inventory_file',
];

const isAnsible = (type: string): boolean => type === 'ansible' || type === 'ansible-local';

/**
 * The folders in which Ansible looks for the roles of playbooks ("Roles", Ansible's documentation: the folder `roles` beside the
 * playbook). They need not exist.
 */
export const rolesOfProvisioner = (type: string, options: Record<string, Json>): string[] =>
  isAnsible(type)
    ? filesIn(options, ['playbook_file', 'playbook_files']).map(({ path }) => join(dirname(path), 'roles'))
    : [];

/** The files that builder options name. */
export const filesOfBuilder = (options: Record<string, Json>): NamedFile[] =>
  filesIn(options, ['user_data_file']);

function filesIn(options: Record<string, Json>, named: string[]): NamedFile[] {
  return named.flatMap((option): NamedFile[] => {
    const value = options[option];
    if (typeof value === 'string') return [{ option, path: fromConfig(value) }];
    if (!Array.isArray(value)) return [];
    return value.flatMap((path, index) =>
      typeof path === 'string' ? [{ option: `${option}[${index}]`, path: fromConfig(path) }] : [],
    );
  });
}

/** `${path.root}/setup.sh` → `setup.sh`: both variables mean the config's folder, where relative paths start. */
const fromConfig = (path: string): string => path.replace(/^\$\{path\.(?:root|cwd)\}\/*/, '');

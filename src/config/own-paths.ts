import { isAbsolute, join, relative } from 'node:path';
import { mapTexts } from '../lib/map-texts.ts';
import type { Json } from '../model/publication.ts';

type Path = readonly (string | number)[];
type Options = Record<string, Json>;

/** Options of provisioners that name local files or folders (Packer's documentation of each provisioner). */
const ofProvisioners: ReadonlySet<string> = new Set([
  'script',
  'scripts',
  'playbook_file',
  'playbook_files',
  'playbook_dir',
  'playbook_paths',
  'role_paths',
  'roles_path',
  'collection_paths',
  'collections_path',
  'galaxy_file',
  'group_vars',
  'host_vars',
  'inventory_file',
  'inventory_directory',
  'ssh_authorized_key_file',
  'ssh_host_key_file',
]);

/** Those of builders (Packer's documentation of the amazon builders and of the SSH communicator). */
const ofBuilders: ReadonlySet<string> = new Set([
  'user_data_file',
  'ssh_private_key_file',
  'ssh_certificate_file',
  'ssh_bastion_private_key_file',
  'ssh_bastion_certificate_file',
]);

/**
 * A config made of several files, with the relative paths in each file's options rewritten relative to `folder`, where Packer
 * runs. `folderOf` returns the folder of the file that a value came from. Pure.
 */
export function pathsFromHere(config: Json, folder: string, folderOf: (place: Path) => string): Json {
  if (!isRecord(config)) return config;
  const moved = (value: Json, path: Path): Json => {
    if (Array.isArray(value)) return value.map((item, index) => moved(item, [...path, index]));
    return typeof value === 'string' ? movedPath(value, relative(folder, folderOf(path))) : value;
  };
  const options = (value: Json, path: Path, isPath: (option: string, options: Options) => boolean): Json => {
    if (!isRecord(value)) return value;
    const entries = Object.entries(value).map(([option, one]) => {
      const inPlace = movedRoots(one, relative(folder, folderOf([...path, option])));
      return [option, isPath(option, value) ? moved(inPlace, [...path, option]) : inPlace];
    });
    return Object.fromEntries(entries);
  };
  const builder = (value: Json, path: Path) => options(value, path, (option) => ofBuilders.has(option));
  const provisioner = (value: Json, path: Path) => options(value, path, isPathOfProvisioner);
  const image = (value: Json, path: Path): Json =>
    isRecord(value) && value.builder !== undefined
      ? { ...value, builder: builder(value.builder, [...path, 'builder']) }
      : value;
  const channel = (value: Json, path: Path): Json => {
    if (!isRecord(value) || !Array.isArray(value.command)) return value;
    const [program = '', ...args] = value.command;
    const isPath = typeof program === 'string' && program.includes('/');
    return isPath ? { ...value, command: [moved(program, [...path, 'command', 0]), ...args] } : value;
  };
  const { version, provisioners, images, regions, notify, inputs } = config;
  return {
    ...config,
    ...(Array.isArray(inputs)
      ? {
          inputs: inputs.map((one, index) =>
            movedPattern(one, relative(folder, folderOf(['inputs', index]))),
          ),
        }
      : {}),
    ...(isRecord(version) ? { version: options(version, ['version'], (option) => option === 'file') } : {}),
    ...(Array.isArray(provisioners)
      ? { provisioners: provisioners.map((one, index) => provisioner(one, ['provisioners', index])) }
      : {}),
    ...(Array.isArray(images) ? { images: images.map((one, index) => image(one, ['images', index])) } : {}),
    ...(Array.isArray(notify) ? { notify: notify.map((one, index) => channel(one, ['notify', index])) } : {}),
    ...(isRecord(regions)
      ? {
          regions: Object.fromEntries(
            Object.entries(regions).map(([name, one]) => [name, builder(one, ['regions', name])]),
          ),
        }
      : {}),
  };
}

/** For the `file` provisioner, the direction decides which of its paths is local. */
function isPathOfProvisioner(option: string, { type, direction }: Options): boolean {
  if (ofProvisioners.has(option)) return true;
  if (type !== 'file') return false;
  return direction === 'download' ? option === 'destination' : option === 'source' || option === 'sources';
}

/** `${path.root}` and `${path.cwd}` mean the folder of the file that contains them, in any text. */
const movedRoots = (value: Json, prefix: string): Json =>
  prefix === ''
    ? value
    : mapTexts(value, (text) =>
        text.replace(/(?<!\$)\$\{path\.(?:root|cwd)\}/g, (root) => `${root}/${prefix}`),
      );

/** Absolute paths, paths in a home folder and paths from Packer's own functions stay unchanged. */
function movedPath(path: string, prefix: string): string {
  if (prefix === '' || path === '' || isAbsolute(path) || /^(?:~|\$\{|\{\{)/.test(path)) return path;
  const moved = join(prefix, path);
  // For the `file` provisioner a trailing slash means the content of the folder, not the folder itself.
  return path.endsWith('/') && !moved.endsWith('/') ? `${moved}/` : moved;
}

/** A pattern of `inputs`, with its "!"; one that matches in any folder stays unchanged. */
function movedPattern(pattern: Json, prefix: string): Json {
  if (typeof pattern !== 'string') return pattern;
  const [, not = '', path = ''] = /^(!?)([\s\S]*)$/.exec(pattern) ?? [];
  return not === '!' && path.startsWith('**') ? pattern : `${not}${movedPath(path, prefix)}`;
}

const isRecord = (value: Json | undefined): value is Options =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

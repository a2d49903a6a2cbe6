import { createHash } from 'node:crypto';
import { canonicalJson } from '../lib/canonical-json.ts';
import type { Json } from '../model/publication.ts';
import { digestOf, type Parts } from '../model/recipe-parts.ts';
import type { Base, Encryption, PackerSource } from '../model/release-plan.ts';
import type { Content, ReadContent } from './file-content.ts';
import { filesOfBuilder, filesOfProvisioner, rolesOfProvisioner } from './named-files.ts';

/** The parts of the config besides options and provisioners. */
interface Besides {
  encryption?: Encryption | undefined;
  /** Files of `inputs`. */
  inputs?: readonly string[];
}

/**
 * Builder options that affect where the builder runs, how it is reached and how long to wait, but not the content of the AMI.
 * They may change in the middle of a release: another subnet after a failed build does not change the recipe.
 */
export const circumstances: ReadonlySet<string> = new Set([
  'associate_public_ip_address',
  'availability_zone',
  'block_duration_minutes',
  'fleet_tags',
  'max_retries',
  'pause_before_connecting',
  'pause_before_ssm',
  'security_group_filter',
  'security_group_id',
  'security_group_ids',
  'session_manager_port',
  'skip_credential_validation',
  'skip_metadata_api_check',
  'skip_profile_validation',
  'skip_region_validation',
  'spot_allocation_strategy',
  'spot_price',
  'spot_tags',
  'ssh_handshake_attempts',
  'ssh_interface',
  'ssh_keep_alive_interval',
  'ssh_read_write_timeout',
  'ssh_timeout',
  'subnet_filter',
  'subnet_id',
  'temporary_security_group_source_cidrs',
  'temporary_security_group_source_public_ip',
  'vpc_filter',
  'vpc_id',
]);

/**
 * The hash of everything that a target is built from, as `sha256:<hex>`. The same name and recipe is the same AMI; the same
 * name with another recipe is a conflict.
 *
 * Included: the builder and its options; the provisioners in their order, with their options; the base image's owner and name,
 * and the parameter or filter it was found by; the key that its volumes are encrypted with, as the config names it; path and
 * content of every file they name (`named-files.ts`), for a folder all files in it and its subfolders; the folder `roles`
 * beside a playbook; the files of `inputs`. The order of keys does not matter.
 *
 * Not included: the base image's id, which differs by region; the AMI's name; our own tags; the options in `circumstances`;
 * files that such files name in turn, other than roles beside a playbook, unless `inputs` names them; modes and times of files.
 * An absolute path is included as written, and so differs between machines.
 *
 * @throws ActionableError (2), from `read`, for a file that cannot be read.
 */
export function recipe(
  source: PackerSource,
  base: Pick<Base, 'owner' | 'name' | 'asked'>,
  read: ReadContent,
  { encryption, inputs = [] }: Besides = {},
): string {
  const content: Json = {
    ...encrypted(encryption),
    builder: source.builder,
    options: optionsOf(source),
    provisioners: source.provisioners,
    base: { owner: base.owner, name: base.name, asked: base.asked },
    files: filesOf(source, read).map(({ path, content }) => ({
      path,
      content: content.map(({ path: of, sha256 }) => [of, sha256]),
    })),
    ...(inputs.length === 0 ? {} : { inputs: contentsOf(inputs, read) }),
  };
  return `sha256:${createHash('sha256').update(canonicalJson(content)).digest('hex')}`;
}

/** The encryption that the config asks for, not the base image's: the key as it is named. Empty without encryption. */
const encrypted = (encryption: Encryption | undefined): Record<string, Json> =>
  encryption ? { encryption: { kmsKey: encryption.kmsKey ?? null } } : {};

/** The parts of the same recipe, each with a digest, to say what changed. */
export function recipeParts(
  source: PackerSource,
  base: Pick<Base, 'owner' | 'name' | 'asked'>,
  read: ReadContent,
  { encryption, inputs = [] }: Besides = {},
): Parts {
  const files = filesOf(source, read).flatMap(({ path, content }) =>
    content.map(({ path: of, sha256 }): [string, Json] => [
      `file ${of === '' ? path : `${path.replace(/\/+$/, '')}/${of}`}`,
      sha256,
    ]),
  );
  const parts: [part: string, value: Json][] = [
    ...Object.entries(encrypted(encryption)),
    ['base image', `${base.owner}/${base.name}`],
    ['base', base.asked],
    ['builder', source.builder],
    ...Object.entries(optionsOf(source)).map(([option, value]): [string, Json] => [
      `builder.${option}`,
      value,
    ]),
    ...source.provisioners.flatMap(({ type, options }, index): [string, Json][] =>
      Object.entries({ type, ...options }).map(([option, value]) => [
        `provisioners[${index}].${option}`,
        value,
      ]),
    ),
    ...files,
    ...contentsOf(inputs, read).map(([path, sha256]): [string, Json] => [`input ${path}`, sha256]),
  ];
  return Object.fromEntries(
    parts.map(([part, value]) => [part, digestOf(`${part}=${canonicalJson(value)}`)]),
  );
}

const optionsOf = ({ options }: PackerSource): Record<string, Json> =>
  Object.fromEntries(Object.entries(options).filter(([option]) => !circumstances.has(option)));

function filesOf(source: PackerSource, read: ReadContent): { path: string; content: Content[] }[] {
  const named = [
    ...filesOfBuilder(source.options),
    ...source.provisioners.flatMap(({ type, options: own }) => filesOfProvisioner(type, own)),
  ].map(({ path }) => ({ path, content: read(path) }));
  const roles = source.provisioners
    .flatMap(({ type, options: own }) => rolesOfProvisioner(type, own))
    .map((path) => ({ path, content: read(path, 'if there') }))
    .filter(({ content }) => content.length > 0);
  const each = new Map([...named, ...roles].map((one) => [one.path, one]));
  return [...each.values()].sort((one, other) => (one.path < other.path ? -1 : 1));
}

const contentsOf = (inputs: readonly string[], read: ReadContent): [path: string, sha256: string][] =>
  inputs.flatMap((path) => read(path).map(({ sha256 }): [string, string] => [path, sha256]));

/**
 * The recipe of a copied target: the same source gives the same copy, and a copy is never mistaken for a built AMI, or the
 * other way round. Its own key counts, too.
 */
export const copyRecipe = (source: { recipe: string }, encryption?: Encryption): string =>
  `sha256:${createHash('sha256')
    .update(canonicalJson({ ...encrypted(encryption), copyOf: source.recipe }))
    .digest('hex')}`;

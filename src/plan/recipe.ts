import { createHash } from 'node:crypto';
import { canonicalJson } from '../lib/canonical-json.ts';
import type { Json } from '../model/publication.ts';
import type { Base, Encryption, PackerSource } from '../model/release-plan.ts';
import type { ReadContent } from './file-content.ts';
import { filesOfBuilder, filesOfProvisioner } from './named-files.ts';

/**
 * Builder options about where the builder runs, how it is reached and how long to wait, and not about what is in the AMI.
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
 * The hash of what a target is made from, as `sha256:<hex>`. The same name and recipe is the
 * same AMI; the same name with another recipe is a conflict.
 *
 * Included: the builder and its options; the provisioners in their order, with their options; the base image's owner and
 * name, and the parameter or filter it was found by; the key that its volumes are encrypted with, as the config names it; path and content of every file they name (`script`, `scripts`,
 * `playbook_file`, a file provisioner's `source` or `sources`, `user_data_file`), for a folder all files in it and its
 * subfolders. The order of keys does not matter.
 *
 * Not included: the base image's id, which differs by region; the AMI's name; our own tags; the options in `circumstances`;
 * files that such files name in turn, such as the roles of a playbook; modes and times of files. An absolute path is
 * included as written, and so differs between machines.
 *
 * @throws ActionableError (2), from `read`, for a file that cannot be read.
 */
export function recipe(
  source: PackerSource,
  base: Pick<Base, 'owner' | 'name' | 'asked'>,
  read: ReadContent,
  encryption?: Encryption,
): string {
  const options = Object.fromEntries(
    Object.entries(source.options).filter(([option]) => !circumstances.has(option)),
  );
  const named = [
    ...filesOfBuilder(source.options),
    ...source.provisioners.flatMap(({ type, options: own }) => filesOfProvisioner(type, own)),
  ];
  const paths = [...new Set(named.map(({ path }) => path))].sort();
  const content: Json = {
    ...encrypted(encryption),
    builder: source.builder,
    options,
    provisioners: source.provisioners,
    base: { owner: base.owner, name: base.name, asked: base.asked },
    files: paths.map((path) => ({ path, content: read(path).map(({ path: of, sha256 }) => [of, sha256]) })),
  };
  return `sha256:${createHash('sha256').update(canonicalJson(content)).digest('hex')}`;
}

/** What the config asks for, not what the base image has: the key as it is named. Without encryption nothing. */
const encrypted = (encryption: Encryption | undefined): Record<string, Json> =>
  encryption ? { encryption: { kmsKey: encryption.kmsKey ?? null } } : {};

/**
 * The recipe of a target that is copied: the same source makes the same copy, and a copy is never taken for an AMI that was
 * built, nor the other way round. Its own key counts, too.
 */
export const copyRecipe = (source: { recipe: string }, encryption?: Encryption): string =>
  `sha256:${createHash('sha256')
    .update(canonicalJson({ ...encrypted(encryption), copyOf: source.recipe }))
    .digest('hex')}`;

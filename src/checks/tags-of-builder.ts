import semver from 'semver';
import { isObject } from '../lib/is-object.ts';
import type { Json } from '../model/publication.ts';
import type { ReleasePlan, Target } from '../model/release-plan.ts';
import { ownTags, tagKeys } from '../model/resource-names.ts';

/** What Packer makes for a builder, under EC2's names, with the tags that each is created with. */
export type BuilderTags = Partial<
  Record<'instance' | 'volume' | 'network-interface' | 'key-pair' | 'security-group', Record<string, string>>
>;

/** The amazon plugin (Packer's own builders before it are 0.0.0) from which on tags are part of a request: its steps of each release. */
const since = { nameIsOwn: '1.0.9', keysAndGroups: '1.0.2', interfaces: '1.2.2', govCloud: '1.0.9' } as const;

/**
 * The tags with which Packer asks EC2 for a builder, so that a policy may be conditioned on them (`aws:RequestTag`, `aws:TagKeys`): the
 * config's, gopackgo's, and Packer's `Name`. In China, and in GovCloud with older plugins, it tags afterwards, and asks without. What
 * an attempt is called is not known before it starts: the tag has another value here. Pure.
 *
 * @param plugin the version of the amazon plugin; the newest where it is not known.
 */
export function tagsOf(
  { release }: Pick<ReleasePlan, 'release'>,
  target: Target,
  { host, plugin = '999.0.0' }: { host: string; plugin: string | undefined },
): BuilderTags {
  const has = (feature: keyof typeof since) => semver.gte(semver.coerce(plugin) ?? '999.0.0', since[feature]);
  const { options, builder } = target.packer;
  const isChina = target.region.startsWith('cn-');
  if (isChina || (target.region.startsWith('us-gov-') && !has('govCloud'))) return {};
  const own = {
    ...ownTags({ release }, target),
    [tagKeys.attempt]: 'dry-run.0',
    [tagKeys.host]: host,
  };
  const run = { ...textsOf(options.run_tags), ...blocksOf(options.run_tag), ...own };
  const ofVolume = { ...textsOf(options.run_volume_tags), ...blocksOf(options.run_volume_tag), ...own };
  return {
    instance: has('nameIsOwn') ? run : { Name: 'Packer Builder', ...run },
    ...(builder === 'amazon-ebs' ? { volume: ofVolume } : {}),
    ...(has('interfaces') ? { 'network-interface': run } : {}),
    ...(has('keysAndGroups') ? { 'key-pair': run, 'security-group': run } : {}),
  };
}

const textsOf = (tags: Json | undefined): Record<string, string> =>
  isObject(tags)
    ? Object.fromEntries(Object.entries(tags).map(([key, value]) => [key, String(value ?? '')]))
    : {};

/** The same as blocks of `key` and `value`. */
const blocksOf = (blocks: Json | undefined): Record<string, string> =>
  Object.fromEntries(
    [blocks]
      .flat()
      .flatMap((one): [string, string][] =>
        isObject(one) && typeof one.key === 'string' ? [[one.key, String(one.value ?? '')]] : [],
      ),
  );

import semver from 'semver';
import { isObject } from '../lib/is-object.ts';
import type { Json } from '../model/publication.ts';
import type { ReleasePlan, Target } from '../model/release-plan.ts';
import { ownTags, tagKeys } from '../model/resource-names.ts';

/** The resources that Packer creates for a builder, under EC2's names, with the tags that each is created with. */
export type BuilderTags = Partial<
  Record<'instance' | 'volume' | 'network-interface' | 'key-pair' | 'security-group', Record<string, string>>
>;

/**
 * The versions of the amazon plugin from which tags are part of a request, taken from the steps of each release. Packer's own
 * builders before the plugin are 0.0.0.
 */
const since = { nameIsOwn: '1.0.9', keysAndGroups: '1.0.2', interfaces: '1.2.2', govCloud: '1.0.9' } as const;

/**
 * The tags in Packer's requests for a builder, for policies with conditions on them (`aws:RequestTag`, `aws:TagKeys`): the
 * config's, gopackgo's, and Packer's `Name`. In China, and in GovCloud with older plugins, Packer sends none and tags
 * afterwards. The name of an attempt is not known before it starts, so that tag has another value here. Pure.
 *
 * @param plugin the version of the amazon plugin; the newest if unknown.
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

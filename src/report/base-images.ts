import type { PlannedTarget } from '../model/events.ts';
import { joinWords } from './text.ts';

type WithBase = Pick<PlannedTarget, 'name' | 'region' | 'base'>;

/** The ways to find base images, in display order. */
const ways: Readonly<Record<string, string>> = {
  ssm: 'by SSM',
  images: 'by DescribeImages',
  filter: 'by filter',
  fixed: 'by id',
  release: 'by the release of another publication',
  tag: 'by the tags of the release',
};

const namedAtMost = 6;

/**
 * How the base images were found, which of them SSM does not have, how many are deprecated, and which images start from
 * different ones. One line; none without targets. Pure.
 */
export function baseLines(targets: readonly WithBase[]): string[] {
  const total = targets.length;
  if (total === 0) return [];
  const groups = Object.entries(ways).flatMap(([via, words]) => {
    const size = targets.filter(({ base }) => base.via === via).length;
    return size === 0 ? [] : [{ size, words }];
  });
  const [first] = groups;
  const found =
    groups.length === 1 && first
      ? `, ${total === 1 ? '' : 'all '}${first.words}`
      : `: ${joinWords(groups.map(({ size, words }) => `${size} ${words}`))}`;
  const notes = [...deprecated(targets), ...notInSsm(targets), ...different(targets)];
  const said = notes.length === 0 ? '' : ` (${notes.join('; ')})`;
  return [`  base images ${total} found and pinned${found}${said}`];
}

/** The login user if the base image decides it, by image; none if the config sets it everywhere. Pure. */
export function loginLines(
  targets: readonly (Pick<PlannedTarget, 'name' | 'region' | 'loginUser'> & {
    base: Pick<PlannedTarget['base'], 'release'>;
  })[],
): string[] {
  const said = targets.filter(({ loginUser }) => loginUser !== undefined);
  const bySource = Map.groupBy(said, ({ base: { release } }) =>
    release === undefined ? 'by the base image' : `as ${release.replace(/@[^@]*$/, '')} does`,
  );
  const groups = [...bySource].map(([source, some]) => {
    const users = [...Map.groupBy(some, ({ loginUser }) => loginUser)].map(
      ([user, group]) => `${user} (${describeImages(group.map(imageNameOf))})`,
    );
    return `${joinWords(users)}, ${source}`;
  });
  return groups.length === 0 ? [] : [`  logs in as  ${groups.join('; ')}`];
}

/** Bases of other publications that have a newer release, which this release no longer picks up. Pure. */
export function newerLines(
  targets: readonly Pick<PlannedTarget, 'name' | 'region' | 'base' | 'newerBase'>[],
): string[] {
  const groups = Map.groupBy(targets, ({ base, newerBase }) =>
    newerBase === undefined ? '' : `${newerBase} is newer than ${base.release ?? base.name}`,
  );
  return [...groups].flatMap(([said, group]) =>
    said === ''
      ? []
      : [`  newer base  ${said} (${describeImages(group.map(imageNameOf))}): a new version uses it`],
  );
}

function deprecated(targets: readonly WithBase[]): string[] {
  const size = targets.filter(({ base }) => base.deprecated).length;
  if (size === 0) return [];
  return [size === targets.length ? 'deprecated' : `${size} deprecated`];
}

function notInSsm(targets: readonly WithBase[]): string[] {
  const images = targets.filter(({ base }) => base.via === 'images').map(imageNameOf);
  return images.length === 0 ? [] : [`SSM has none for ${describeImages(images)}`];
}

function different(targets: readonly WithBase[]): string[] {
  const byImage = [...Map.groupBy(targets, imageNameOf)];
  const images = byImage
    .filter(([, group]) => new Set(group.map(({ base }) => base.name)).size > 1)
    .map(([image]) => image);
  return images.length === 0 ? [] : [`not the same in all regions: ${describeImages(images)}`];
}

const imageNameOf = ({ name, region }: Pick<PlannedTarget, 'name' | 'region'>): string =>
  name.slice(region.length + 1);

function describeImages(images: string[]): string {
  const each = [...new Set(images)];
  const more = each.length - namedAtMost;
  return joinWords(more > 0 ? [...each.slice(0, namedAtMost), `${more} more`] : each);
}

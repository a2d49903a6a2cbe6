import semver from 'semver';
import { findImages } from '../aws/images.ts';
import type { Ami } from '../model/ami.ts';
import type { Lookup } from '../model/lookup.ts';
import { type CheckContext, inEachRegion } from './check.ts';
import { type Finding, notKnown, type Place } from './finding.ts';
import type { RegionWork } from './region-work.ts';

export const amiNameTaken = inEachRegion(
  ({ toBuild }) => toBuild.length > 0,
  async (work, { clients, clock, placeOf, plugin }) => {
    const names = [...new Set(work.toBuild.map(({ amiName }) => amiName))].sort();
    const lookup = await findImages(clients, work.region, { names });
    const isTaken = lookup.ok && lookup.value.some(({ owner }) => owner !== work.account);
    const version = isTaken ? await plugin?.() : undefined;
    return judgeAmiNames(work, lookup, { plugin: version, now: clock.now() }, placeOf);
  },
);

/** The first amazon plugin that checks only the account's own AMIs (hashicorp/packer-plugin-amazon#354). */
const mindsOnlyOwn = '1.2.5';

const check = 'AMI name';

/**
 * Whether Packer's own check of the AMI name would end a build before it starts. Before plugin 1.2.5 Packer looks up the name
 * without an owner, so any AMI that this account may launch counts, including another account's public one. Failed AMIs count
 * with every plugin. The account's own existing AMIs with that name are a conflict of the target, reported elsewhere. Packer
 * does not see disabled AMIs, nor AMIs that others have deprecated. Pure.
 *
 * @param plugin the version of the amazon plugin; undefined if unknown.
 */
export function judgeAmiNames(
  { region, account, toBuild, toRemove }: Pick<RegionWork, 'region' | 'account' | 'toBuild' | 'toRemove'>,
  lookup: Lookup<readonly Ami[]>,
  { plugin, now }: { plugin: string | undefined; now: number },
  placeOf: CheckContext['placeOf'],
): Finding[] {
  const all: Place = { check, region, stops: 'building' };
  if (!lookup.ok) return [notKnown(all, 'a name that no other AMI has', lookup.error)];
  const found = toBuild.flatMap((target): Finding[] => {
    const same = lookup.value.filter(({ name }) => name === target.amiName);
    const place = { ...all, place: placeOf(target, ['ami_name']), targets: [target.name] };
    const failed = same.find(
      ({ owner, state, id }) => owner === account && state === 'failed' && !toRemove.has(id),
    );
    if (failed) return [failedOfOurs(place, failed)];
    const others = same.find((ami) => ami.owner !== account && packerSees(ami, now));
    return others ? ofOthers(place, others, plugin) : [];
  });
  return found.length === 0 ? [{ ...all, is: 'ok' }] : found;
}

const packerSees = ({ state, deprecated }: Ami, now: number): boolean =>
  state !== 'disabled' && (deprecated === undefined || Date.parse(deprecated) > now);

function failedOfOurs(place: Place, { id, name, region, stateReason }: Ami): Finding {
  const command = `aws ec2 deregister-image --region ${region} --image-id ${id}`;
  const why = stateReason === undefined ? '' : `: ${stateReason}`;
  return {
    ...place,
    is: 'refused',
    code: 'ami-name-taken',
    expected: 'a name that no AMI of this account has, since Packer refuses to build otherwise',
    found: `"${name}", the name of ${id}, which failed${why}`,
    todo: `Deregister it if you do not need it: ${command}; or choose another "amiName" or version`,
    command,
  };
}

function ofOthers(
  place: Place,
  { id, name, owner, public: isPublic }: Ami,
  plugin: string | undefined,
): Finding[] {
  if (plugin !== undefined && semver.gte(plugin, mindsOnlyOwn)) return [];
  const difference = {
    expected: `a name that is not taken by any AMI this account may launch, since Packer's amazon plugin before ${mindsOnlyOwn} refuses to build otherwise`,
    found: `"${name}", the name of ${id} of account ${owner}, ${isPublic ? 'which is public' : 'shared with this account'}`,
    todo: `Choose another "amiName", install amazon plugin ${mindsOnlyOwn} or newer, which checks only this account's AMIs, or ask account ${owner} to stop sharing it`,
  };
  return plugin === undefined
    ? [{ ...place, is: 'warning', ...difference }]
    : [{ ...place, is: 'refused', code: 'ami-name-taken', ...difference }];
}

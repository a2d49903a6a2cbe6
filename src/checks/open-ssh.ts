import type { Target } from '../model/release-plan.ts';
import type { Check, CheckContext } from './check.ts';
import type { Finding } from './finding.ts';

/** Its name. Most publications have this warning. */
export const openSshCheck = 'who can reach builders by SSH';

export const openSsh: Check = async (works, { placeOf }) =>
  judgeOpenSsh(
    works.flatMap(({ toBuild }) => toBuild),
    placeOf,
  );

const everywhere = new Set(['0.0.0.0/0', '::/0']);

/**
 * Whether the temporary security group of a builder opens SSH to the whole internet, as Packer's default does
 * (packer-plugin-amazon, "temporary_security_group_source_cidrs"). Reported once per release. Pure.
 */
export function judgeOpenSsh(toBuild: readonly Target[], placeOf: CheckContext['placeOf']): Finding[] {
  const check = { check: openSshCheck, stops: 'building' } as const;
  if (toBuild.length === 0) return [];
  const open = toBuild.find(isOpen);
  if (open === undefined) return [{ ...check, is: 'ok' }];
  return [
    {
      ...check,
      place: placeOf(open, ['temporary_security_group_source_cidrs']),
      is: 'warning',
      expected: 'only addresses that you build from',
      found: 'every address (0.0.0.0/0) while a builder runs',
      todo: 'Set it to ["ADDRESS/32"], or use a security group of your own',
    },
  ];
}

function isOpen({ packer: { options } }: Target): boolean {
  const { security_group_id: one, security_group_ids: several, security_group_filter: filter } = options;
  const isOwn = [one, several, filter].some((value) => value !== undefined && value !== null);
  const isReachedOtherwise =
    options.communicator === 'none' ||
    options.ssh_interface === 'session_manager' ||
    String(options.temporary_security_group_source_public_ip) === 'true';
  if (isOwn || isReachedOtherwise) return false;
  const cidrs = [options.temporary_security_group_source_cidrs ?? []].flat();
  return cidrs.length === 0 || cidrs.some((cidr) => everywhere.has(String(cidr)));
}

import type { Context } from '../aws/context.ts';
import { launchPermission } from '../aws/images.ts';
import { createVolumePermission } from '../aws/snapshots.ts';
import { poll } from '../lib/poll.ts';
import type { LookupError } from '../model/lookup.ts';
import { isEmpty, type Permission, permissionChange } from '../model/permission.ts';
import type { ChangeOfPermission } from '../observe/permission-changes.ts';

/** How long publish waits for its changes to show. Milliseconds. */
const readBackLimit = 5 * 60_000;

/**
 * Looks permissions up again after they were changed, until AWS shows the change.
 *
 * @returns the ids whose change does not show, each with the reason.
 */
export async function unseenPermissions(
  changes: readonly (ChangeOfPermission & { target: { region: string } })[],
  { clients, clock, stop }: Pick<Context, 'clients' | 'clock' | 'stop'>,
): Promise<Map<string, LookupError>> {
  const look = async (open: typeof changes) => {
    const each = await Promise.all(
      open.map(async (one) => {
        const { kind, id, target } = one;
        const by = kind === 'AMI' ? launchPermission : createVolumePermission;
        const found = await by(clients, target.region, id);
        const error = found.ok ? (shows(found.value, one) ? undefined : notSeen(one)) : found.error;
        return { one, error };
      }),
    );
    return each.flatMap(({ one, error }) => (error ? [{ one, error }] : []));
  };
  let open = changes;
  const unseen = await poll(
    { clock, every: 5_000, within: readBackLimit, stop },
    async () => {
      const differing = await look(open);
      open = differing.map(({ one }) => one);
      return differing;
    },
    (differing) => differing.length === 0,
  );
  return new Map(unseen.map(({ one, error }) => [one.id, error]));
}

/** Whether everything added is there and nothing removed is. Pure. */
function shows(has: Permission, { change }: ChangeOfPermission): boolean {
  const missing = permissionChange(has, change.add)?.add;
  const stays = permissionChange(has, change.remove)?.add;
  return (
    (missing === undefined || isEmpty(missing)) &&
    (isEmpty(change.remove) || (stays !== undefined && sameAs(stays, change.remove)))
  );
}

/** Whether everything that was removed is missing. */
const sameAs = (one: Permission, other: Permission): boolean => permissionChange(one, other) === undefined;

const notSeen = ({ kind, target }: ChangeOfPermission & { target: { region: string } }): LookupError => ({
  code: 'NotSeen',
  message: `AWS accepted the change, but still shows the old permission after ${readBackLimit / 60_000} minutes`,
  operation: kind === 'AMI' ? 'ec2:DescribeImageAttribute' : 'ec2:DescribeSnapshotAttribute',
  region: target.region,
});

import pLimit from 'p-limit';
import { changeLaunchPermission } from '../aws/images.ts';
import { changeCreateVolumePermission } from '../aws/snapshots.ts';
import type { LookError } from '../lib/look.ts';
import type { Plan } from '../plan/plan.ts';
import { permissionFor, permissionsToChange } from './standing.ts';
import type { Verdict } from './verify.ts';
import type { World } from './world.ts';

export interface ShareFailure {
  target: string;
  id: string;
  error: LookError;
}

/** Permission calls at once, over all regions; each region's own rate is kept by the SDK's retries. */
const callsAtOnce = 8;

/**
 * Make the permissions of verified AMIs what the config says: who is missing is added, who should not be there is
 * removed. All snapshots come before the first AMI, so that nobody sees an AMI that cannot be copied. Nothing is
 * done to an AMI where a snapshot failed anywhere. The caller looks again afterwards: an answer of "done" is a hint.
 */
export async function share(plan: Plan, verdicts: readonly Verdict[], world: World): Promise<ShareFailure[]> {
  const wanted = permissionFor(plan.sharing);
  const changes = verdicts.flatMap(({ target, sighting: { images } }) =>
    (images.ok ? images.value : []).flatMap(({ ami, details }) =>
      details?.ok
        ? permissionsToChange(ami, details.value, wanted).map((change) => ({ target, ...change }))
        : [],
    ),
  );
  const limit = pLimit(callsAtOnce);
  const failures: ShareFailure[] = [];
  for (const [kind, apply] of [
    ['snapshot', changeCreateVolumePermission],
    ['AMI', changeLaunchPermission],
  ] as const) {
    if (failures.length > 0) break;
    await Promise.all(
      changes
        .filter((change) => change.kind === kind)
        .map(({ target, id, change }) =>
          limit(async () => {
            const done = await apply(world.clients, target.region, id, change);
            if (!done.ok) failures.push({ target: target.name, id, error: done.error });
            else if (kind === 'AMI')
              world.emit({ type: 'shared', target: target.name, ami: id, accounts: wanted.accounts });
          }),
        ),
    );
  }
  return failures;
}

import type { Context } from '../aws/context.ts';
import { okLookup } from '../model/lookup.ts';
import type { ReleasePlan } from '../model/release-plan.ts';
import { detailsIn } from './ami-details.ts';
import { consistentImages } from './consistent-images.ts';
import { lookUpAmis } from './lookup-amis.ts';
import { statusOf } from './status.ts';
import type { Verdict } from './verify.ts';

/**
 * Verified targets, with their AMIs, snapshots and permissions looked up again: what sharing changes. Builders, bundles and what
 * was left behind are those of the earlier verdicts.
 */
export async function lookAtSharing(
  plan: ReleasePlan,
  before: readonly Verdict[],
  context: Context,
): Promise<Verdict[]> {
  const regions = Map.groupBy(before, ({ target }) => target.region);
  const looked = await Promise.all(
    [...regions].map(([region, verdicts]) => lookAtRegion(plan, region, verdicts, context)),
  );
  return looked.flat();
}

async function lookAtRegion(
  plan: ReleasePlan,
  region: string,
  verdicts: readonly Verdict[],
  context: Context,
): Promise<Verdict[]> {
  const targets = verdicts.map(({ target }) => target);
  const images = await consistentImages(plan.release, region, targets, [], context, 'seen once');
  const amis = images.ok ? [...images.value.values()].flat() : [];
  const detailsOf = await detailsIn(region, amis, context);
  return Promise.all(
    verdicts.map(async ({ target, sighting }): Promise<Verdict> => {
      const seen = { images, instances: okLookup([]), bundles: okLookup(bundlesOf(sighting)), detailsOf };
      const again = { ...sighting, images: await lookUpAmis(plan, target, seen, [], context) };
      const { clock, timeouts } = context;
      return {
        target,
        sighting: again,
        status: statusOf(target, again, plan.sharing, clock.now(), timeouts),
      };
    }),
  );
}

const bundlesOf = ({ images }: Verdict['sighting']) =>
  (images.ok ? images.value : []).flatMap(({ details }) =>
    details?.ok && details.value.bundle ? [details.value.bundle] : [],
  );

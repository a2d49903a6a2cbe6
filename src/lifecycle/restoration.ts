import type { Context } from '../aws/context.ts';
import type { Audience, LifecyclePlan } from '../model/events.ts';
import { retiredBy, yankedBy } from '../model/lifecycle-tags.ts';
import type { Sharing } from '../model/publication.ts';
import type { ReleaseAmi } from '../model/release-ami.ts';
import { tagKeys } from '../model/resource-names.ts';
import type { FoundAmis } from './promotion.ts';
import { amiStep, permissionStep, type Step, type WantedOfRelease } from './steps.ts';
import { gainsOf, lookAtPermissions, ownAmis, type Withdrawn } from './withdrawal.ts';

export interface Restoration {
  steps: Step[];
  skipped: LifecyclePlan['skipped'];
  warnings: string[];
  /** Who gains access to its AMIs or their snapshots. */
  gains: Audience;
}

/**
 * The steps that undo the retirement of a release: enable its AMIs, set the config's permissions (disabling an AMI removed the
 * earlier ones), and finally remove the tag. AMIs that were never published stay private, and yanked ones stay private and
 * disabled. Records do not move. Changes nothing.
 *
 * @throws ActionableError (4) if there is no such release; (1) if a lookup failed.
 */
export async function planRestoration(
  of: Withdrawn & { sharing: Sharing },
  found: FoundAmis,
  context: Context,
): Promise<Restoration> {
  const { release, sharing, targets } = of;
  const { own, skipped } = ownAmis(of, found, context.command);
  const retired = own.filter(({ ami }) => retiredBy(ami.tags) !== undefined);
  const open = retired.filter(({ ami }) => yankedBy(ami.tags) === undefined);
  const published = open.filter(({ ami }) => ami.tags[tagKeys.published] !== undefined);
  const seen = await lookAtPermissions(published, targets, sharing, context);
  const now = context.clock.now();
  const wanted = (some: readonly ReleaseAmi[], state: Pick<WantedOfRelease, 'state' | 'tags'>) =>
    amiStep(
      some.map(({ ami, target }) => ({ region: ami.region, target, release, ami, ...state })),
      now,
    );
  const kept =
    'a cleanup by age retires it again, unless its AMIs get the tag gopackgo:keep or it is promoted';
  return {
    steps: [
      wanted(open, { state: 'available' }),
      permissionStep(seen, release),
      wanted(retired, { tags: { [tagKeys.retired]: null } }),
    ],
    skipped,
    gains: gainsOf(seen),
    warnings: [
      ...(open.length > 0 ? [`${release}: ${kept}`] : []),
      ...(open.length < retired.length ? [`${release} was yanked: its AMIs stay disabled`] : []),
      ...(published.length < open.length
        ? [`${open.length - published.length} of its AMIs were never published: they stay private`]
        : []),
    ],
  };
}

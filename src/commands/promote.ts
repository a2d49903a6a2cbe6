import { planPromotion } from '../lifecycle/promotion.ts';
import type { LifecyclePlan } from '../model/events.ts';
import { findReleaseAmis } from '../observe/release-amis.ts';
import { releaseOf } from '../plan/make-plan.ts';
import { sharingWithoutOwner } from '../plan/sharing-without-owner.ts';
import { confirm } from './confirm.ts';
import type { Host } from './host.ts';
import {
  aboutRun,
  configuredTargets,
  type LifecycleArguments,
  optionalTargets,
  publicationOfRelease,
  runLifecycleCommand,
} from './lifecycle-run.ts';
import { withAccount } from './open-account.ts';
import { recordDestinations } from './record-destination.ts';
import type { ReleaseArguments } from './release-arguments.ts';
import { recordingUnder } from './under-lock.ts';

export type PromoteArguments = LifecycleArguments & Pick<ReleaseArguments, 'only' | 'except'>;

/**
 * Makes records follow a release: files, and parameters without a version. This also rolls back to an older release. Shows the
 * changes, and makes them with `--yes` or once confirmed at the terminal.
 *
 * @throws ActionableError (4) if the release is not complete, verified and shared, or was withdrawn.
 */
export function promoteCommand(args: PromoteArguments, host: Host): Promise<number> {
  const publication = publicationOfRelease(args, host);
  const recordTo = recordDestinations(publication, host, { sandbox: args.sandbox });
  return withAccount(publication, args, host, async (open) => {
    const { targets, skipped } = await configuredTargets(publication, args, open);
    return runLifecycleCommand(
      publication,
      { ...args, command: 'promote' },
      open,
      host,
      async (context, held) => {
        const found = await findReleaseAmis(
          publication.name,
          [...new Set(targets.map(({ region }) => region))],
          context,
        );
        const promotion = await planPromotion(
          {
            publication,
            release: releaseOf(publication),
            account: open.account,
            sharing: sharingWithoutOwner(publication.share, open.account),
            targets,
            recordTo: recordTo.map((to) => recordingUnder(held, to)),
            takeOver: args.takeOverParameters,
          },
          found,
          context,
        );
        const { steps, superseding, replaces, warnings } = promotion;
        return {
          about: aboutRun(publication, open, {
            command: 'promote',
            skipped: [...skipped, ...promotion.skipped],
            warnings,
            ...(replaces.length > 0 ? { replaces } : {}),
          }),
          steps: [...steps, superseding],
          optional: optionalTargets(targets),
        };
      },
      (plan) => confirmPromotion(plan, args, host),
    );
  });
}

/** Without a terminal, the plan is only shown. */
async function confirmPromotion(
  { release }: LifecyclePlan,
  { yes, json }: PromoteArguments,
  host: Pick<Host, 'ask'>,
): Promise<boolean> {
  if (yes) return true;
  if (json) return false;
  return confirm(
    `Promote ${release}? (y/N) `,
    {
      agrees: (answer) => /^y(es)?$/i.test(answer),
      refusal: () => 'Nothing was changed: the answer was not yes.',
    },
    host,
  );
}

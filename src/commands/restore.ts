import { planRestoration } from '../lifecycle/restoration.ts';
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

/**
 * `cleanup PUB@VERSION --restore`: undoes the retirement of a release. Shows the changes, and makes them with `--yes`, or once
 * its name was typed at the terminal.
 */
export function restoreCommand(args: LifecycleArguments, host: Host): Promise<number> {
  const publication = publicationOfRelease(args, host);
  const release = releaseOf(publication);
  return withAccount(publication, args, host, async (open) => {
    const { targets, skipped } = await configuredTargets(publication, { only: [], except: [] }, open);
    return runLifecycleCommand(
      publication,
      { ...args, command: 'restore' },
      open,
      host,
      async (context) => {
        const regions = [...new Set(targets.map(({ region }) => region))];
        const found = await findReleaseAmis(publication.name, regions, context);
        const sharing = sharingWithoutOwner(publication.share, open.account);
        const planned = await planRestoration({ publication, release, targets, sharing }, found, context);
        return {
          about: aboutRun(publication, open, {
            command: 'cleanup --restore',
            warnings: planned.warnings,
            gains: planned.gains,
            skipped: [...skipped, ...planned.skipped],
          }),
          steps: planned.steps,
          optional: optionalTargets(targets),
        };
      },
      async () => {
        if (args.yes) return true;
        if (args.json) return false;
        return confirm(
          `Type ${release} to restore it: `,
          {
            agrees: (answer) => answer === release,
            refusal: (answer) =>
              `Nothing was changed: expected the answer ${release}, found ${JSON.stringify(answer)}.`,
          },
          host,
        );
      },
    );
  });
}

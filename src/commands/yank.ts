import { ActionableError } from '../lib/actionable-error.ts';
import type { FileLock } from '../lib/file-lock.ts';
import { allOf, type FoundAmis, type Promotion, planPromotion } from '../lifecycle/promotion.ts';
import type { ConfiguredTarget } from '../lifecycle/ready-targets.ts';
import type { LifecycleWork } from '../lifecycle/run-lifecycle.ts';
import { momentOfYank, planReturn, planWithdrawal } from '../lifecycle/withdrawal.ts';
import type { LifecyclePlan } from '../model/events.ts';
import type { News } from '../model/notification-output.ts';
import type { Publication } from '../model/publication.ts';
import { newsOfYank } from '../notify/news-of-yank.ts';
import { findReleaseAmis } from '../observe/release-amis.ts';
import { releaseOf } from '../plan/make-plan.ts';
import { sharingWithoutOwner } from '../plan/sharing-without-owner.ts';
import { confirm } from './confirm.ts';
import type { createCleanupContext } from './create-context.ts';
import type { Host } from './host.ts';
import {
  aboutRun,
  configuredTargets,
  type LifecycleArguments,
  optionalTargets,
  publicationOfRelease,
  publicationToRead,
  runLifecycleCommand,
} from './lifecycle-run.ts';
import { type OpenAccount, usableRegions, withAccount } from './open-account.ts';
import { recordDestinations } from './record-destination.ts';
import { recordsOf } from './releases.ts';
import { recordingUnder } from './under-lock.ts';

export interface YankArguments extends LifecycleArguments {
  /** The reason, for later readers; required unless the withdrawal is undone. */
  reason?: string;
  /** The version or release to promote in its place; `none`. */
  promote?: string;
  undo: boolean;
}

/**
 * Withdraws a release: nobody else may use its AMIs, nobody can launch them, and neither publish nor promote touches them. Or
 * undoes that. Shows the changes, and makes them with `--yes`, or once its name was typed at the terminal.
 */
export function yankCommand(args: YankArguments, host: Host): Promise<number> {
  refuseWrongWords(args);
  const publication = publicationOfRelease(args, host, ['share', 'parameters', 'notify']);
  const instead = insteadOf(publication, args, host);
  return withAccount(publication, args, host, async (open) => {
    const all = { only: [], except: [] };
    const { targets, skipped } = await configuredTargets(publication, all, open);
    return runLifecycleCommand(
      publication,
      { ...args, command: 'yank' },
      open,
      host,
      async (context, held) => {
        const work = { publication, targets, instead, args, open, host, context, held };
        const { about, steps, more, news } = args.undo ? await undoing(work) : await yanking(work);
        return {
          about: aboutRun(publication, open, {
            command: args.undo ? 'yank --undo' : 'yank',
            ...about,
            skipped: [...skipped, ...about.skipped],
            ...more,
          }),
          steps,
          optional: optionalTargets(targets),
          ...(news ? { news } : {}),
        };
      },
      (plan) => confirmYank(plan, args, host),
    );
  });
}

interface Work {
  publication: Publication;
  targets: ConfiguredTarget[];
  instead: Publication | 'none' | undefined;
  args: YankArguments;
  open: OpenAccount;
  host: Host;
  context: ReturnType<typeof createCleanupContext>;
  held: FileLock;
}

interface Planned {
  about: Pick<LifecyclePlan, 'skipped' | 'warnings'>;
  more: Partial<Pick<LifecyclePlan, 'loses' | 'gains' | 'promotes' | 'reason'>>;
  steps: LifecycleWork['steps'];
  news?: (seconds: number) => News;
}

const regionsOf = (targets: readonly ConfiguredTarget[]) => [...new Set(targets.map(({ region }) => region))];

async function yanking(work: Work): Promise<Planned> {
  const { publication, targets, instead, args, open, host, context } = work;
  const release = releaseOf(publication);
  const regions = regionsOf(targets);
  const found = await amisEverywhere(work);
  const { named, warnings: unknown } = await recordsOf(publication, regions, args, open, host);
  if (unknown.length > 0) {
    throw new ActionableError('lookup-failed', `Nothing was changed: ${unknown.join('; ')}`);
  }
  const since = momentOfYank(release, allOf(found), context.clock.now());
  const promotion =
    typeof instead === 'object' ? await promotionOf({ ...work, publication: instead }, since) : instead;
  const { reason = '' } = args;
  const withdrawal = await planWithdrawal(
    { publication, release, targets, reason, ...(promotion === undefined ? {} : { instead: promotion }) },
    found,
    named,
    context,
  );
  const { steps, skipped, warnings, loses } = withdrawal;
  return {
    about: { skipped, warnings },
    more: { reason, loses, ...(typeof instead === 'object' ? { promotes: releaseOf(instead) } : {}) },
    steps,
    news(seconds) {
      const { name, version, candidate = false } = publication;
      const of = { release, publication: name, version, account: open.account, reason, candidate };
      const own = allOf(found).filter((one) => one.release === release);
      return newsOfYank(of, own, {
        seconds,
        rehearsal: open.sandbox !== undefined,
        undo: open.command('yank', release, '--undo'),
      });
    },
  };
}

async function promotionOf(
  { publication, args, open, host, context, held }: Work,
  since: number,
): Promise<Promotion> {
  const { targets } = await configuredTargets(publication, { only: [], except: [] }, open);
  const found = await findReleaseAmis(publication.name, regionsOf(targets), context);
  return planPromotion(
    {
      publication,
      release: releaseOf(publication),
      account: open.account,
      sharing: sharingWithoutOwner(publication.share, open.account),
      targets,
      recordTo: recordDestinations(publication, host, { sandbox: args.sandbox }).map((to) =>
        recordingUnder(held, to),
      ),
      takeOver: args.takeOverParameters,
      since,
    },
    found,
    context,
  );
}

/** Also in regions that the config no longer has: a withdrawn release must not stay shared in one of them. */
async function amisEverywhere({ publication, targets, open, context }: Work): Promise<FoundAmis> {
  const regions = await usableRegions(regionsOf(targets), open.clients);
  return findReleaseAmis(publication.name, regions, context);
}

async function undoing(work: Work): Promise<Planned> {
  const { publication, targets, args, open, context } = work;
  const found = await amisEverywhere(work);
  const sharing = sharingWithoutOwner(publication.share, open.account);
  const { steps, skipped, warnings, gains } = await planReturn(
    {
      publication,
      release: releaseOf(publication),
      targets,
      sharing,
      takeOver: args.takeOverParameters,
    },
    found,
    context,
  );
  return { about: { skipped, warnings }, more: { gains }, steps };
}

/** The part of an EC2 tag besides the time: its value has at most 256 characters ("Tag your Amazon EC2 resources"). */
const longestReason = 200;

function refuseWrongWords({ reason, promote, undo }: YankArguments): void {
  const wrong = (place: string, expected: string, found: string) =>
    new ActionableError('usage-error', { place, expected, found, advice: 'See gopackgo yank --help' });
  if (undo) {
    if (reason !== undefined) throw wrong('--undo and --reason', 'one of them', 'both');
    if (promote !== undefined) throw wrong('--undo and --promote', 'one of them', 'both');
    return;
  }
  const expected = `why it is withdrawn: a text of at most ${longestReason} characters, in one line`;
  if (reason === undefined || reason.trim() === '') throw wrong('--reason', expected, 'none');
  if (reason.length > longestReason) throw wrong('--reason', expected, `${reason.length} characters`);
  if (/\p{Cc}/u.test(reason)) throw wrong('--reason', expected, JSON.stringify(reason));
}

/** The release to promote in its place, named by its version or in full. */
function insteadOf(
  { name, file, version }: Publication,
  { promote, variables, variableFiles }: YankArguments,
  host: Pick<Host, 'cwd' | 'environment'>,
): Publication | 'none' | undefined {
  if (promote === undefined || promote === 'none') return promote;
  const other = promote.startsWith(`${name}@`) ? promote.slice(name.length + 1) : promote;
  if (other.includes('@') || other === version) {
    throw new ActionableError('usage-error', {
      place: '--promote',
      expected: `another release of ${name}, by its version, or "none"`,
      found: JSON.stringify(promote),
    });
  }
  return publicationToRead({ publication: `${file}@${other}`, variables, variableFiles }, host);
}

/** Without a terminal, the plan is only shown. */
async function confirmYank(
  { release, command }: LifecyclePlan,
  { yes, json }: YankArguments,
  host: Pick<Host, 'ask'>,
): Promise<boolean> {
  if (yes) return true;
  if (json) return false;
  return confirm(
    `Type ${release} to ${command === 'yank' ? 'withdraw it' : 'undo its withdrawal'}: `,
    {
      agrees: (answer) => answer === release,
      refusal: (answer) =>
        `Nothing was changed: expected the answer ${release}, found ${JSON.stringify(answer)}.`,
    },
    host,
  );
}

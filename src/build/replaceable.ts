import { ActionableError, exitStatus } from '../lib/actionable-error.ts';
import type { Ami } from '../model/ami.ts';
import type { ReleasePlan, Target } from '../model/release-plan.ts';
import type { AmiDetails, Builder, SeenAmi } from '../model/sighting.ts';
import { createdSnapshots } from '../observe/created-snapshots.ts';
import type { Verdict } from '../observe/verify.ts';

/** An AMI of another recipe that goes, so that one of today's takes its place. */
export interface Replacement {
  target: Target;
  ami: Ami;
  /** Its snapshots that were made with it; a snapshot of the user's that its block devices name is not among them. */
  snapshots: string[];
}

/** Another host's builder that counts as dead. */
export interface Takeover {
  target: Target;
  builder: Builder;
}

/** What stands where builds are to stand, and goes first because the user said so. */
export interface Replaceable {
  replaces: Replacement[];
  takesOver: Takeover[];
}

export const nothingReplaceable: Replaceable = { replaces: [], takesOver: [] };

export interface ReplaceRights {
  /** AMIs of another recipe that nobody else has (`--replace`). */
  replace: boolean;
  /** Builders of other hosts (`--take-over`). */
  takeOver: boolean;
}

/**
 * What is in the way of these targets and may go. Pure. An AMI that somebody else may use, or that is recorded, never
 * goes: it can only be followed by a new version. One about which that is not known stays, too.
 *
 * @param recorded AMIs that the file of ids names.
 * @throws ActionableError (4) that names all AMIs of another recipe that may not go, each with the reason.
 */
export function replaceableOf(
  plan: ReleasePlan,
  verdicts: readonly Verdict[],
  mayGo: ReplaceRights,
  recorded: ReadonlySet<string>,
): Replaceable {
  const found = mayGo.replace ? verdicts.flatMap((verdict) => replacement(verdict, recorded)) : [];
  const kept = found.filter(({ stays }) => stays !== undefined);
  if (kept.length > 0) {
    throw new ActionableError(
      `Nothing was made: --replace is for AMIs that nobody else uses.\n` +
        `${kept.map(({ target, ami, stays }) => `  ${target.name}: ${ami.id} stays: ${stays}\n`).join('')}` +
        `Raise "version" in the config (it is ${plan.version}): then new AMIs are made beside these.`,
      exitStatus.refused,
    );
  }
  return {
    replaces: found.map(({ target, ami, snapshots }) => ({ target, ami, snapshots })),
    takesOver: mayGo.takeOver ? verdicts.flatMap(takeover) : [],
  };
}

/** Whether this target is free for a build once what is in its way is gone. */
export const isReplaced = ({ replaces, takesOver }: Replaceable, { name }: Target): boolean =>
  [...replaces, ...takesOver].some(({ target }) => target.name === name);

function replacement({ target, status, sighting }: Verdict, recorded: ReadonlySet<string>) {
  if (status.is !== 'conflict' || status.by !== 'another recipe' || !sighting.images.ok) return [];
  const [ami] = status.amis;
  const seen = sighting.images.value.find((one) => one.ami.id === ami?.id);
  if (!ami || !seen) return [];
  return [{ target, ami, snapshots: createdSnapshots(seen), stays: whyKept(seen, recorded) }];
}

function whyKept({ ami, details }: SeenAmi, recorded: ReadonlySet<string>): string | undefined {
  if (recorded.has(ami.id)) return 'it is recorded';
  if (ami.state !== 'available') return `its state is ${ami.state}, and who may use it was not looked at`;
  if (ami.protection?.startsWith('enabled')) return 'it is protected against deregistration';
  if (!details?.ok) return 'who may use it could not be looked at';
  const shared = describeAudience(ami, details.value);
  return shared === undefined ? undefined : `it is shared with ${shared}`;
}

function describeAudience(
  ami: Ami,
  { launchPermission, createVolumePermission }: AmiDetails,
): string | undefined {
  const all = [launchPermission, ...Object.values(createVolumePermission)];
  if (ami.public || all.some((permission) => permission.public)) return 'everybody';
  const others = all
    .flatMap(({ accounts, others }) => [...accounts, ...others])
    .filter((account) => account !== ami.owner);
  return others.length === 0 ? undefined : [...new Set(others)].join(', ');
}

/** Where something else is in the way as well, ending a build frees nothing. */
function takeover({ target, status, sighting: { builders } }: Verdict): Takeover[] {
  const blocked = status.is === 'conflict' ? status.by !== 'another host' : status.is === 'wrong';
  const all = builders.ok && !blocked ? builders.value : [];
  return all.filter(({ is }) => is === 'elsewhere').map((builder) => ({ target, builder }));
}

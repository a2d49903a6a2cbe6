import { ActionableError } from '../lib/actionable-error.ts';
import type { Ami } from '../model/ami.ts';
import type { ReleasePlan, Target } from '../model/release-plan.ts';
import type { AmiDetails, Builder, SeenAmi } from '../model/sighting.ts';
import type { Obstacle } from '../model/status.ts';
import { createdSnapshots } from '../observe/created-snapshots.ts';
import type { Verdict } from '../observe/verify.ts';

/** An AMI of another recipe to remove, so that a new one replaces it. */
export interface Replacement {
  target: Target;
  ami: Ami;
  /** The snapshots created with it, without a snapshot of the user's own in its block device mapping. */
  snapshots: string[];
}

/** Another host's builder that counts as dead. */
export interface Takeover {
  target: Target;
  builder: Builder;
}

/** Resources that block builds and that the user asked to remove first. */
export interface Replaceable {
  replaces: Replacement[];
  takesOver: Takeover[];
}

export const nothingReplaceable: Replaceable = { replaces: [], takesOver: [] };

export interface ReplaceRights {
  /** AMIs of another recipe that no other account may use (`--replace`). */
  replace: boolean;
  /** Builders of other hosts (`--take-over`). */
  takeOver: boolean;
}

/**
 * Selects the resources that block these targets and may be removed. Pure. An AMI that another account may use, or that is
 * recorded, is never removed: release a new version instead. The same applies if that is unknown.
 *
 * @param recorded AMIs in the ids file.
 * @throws ActionableError (4) that lists all AMIs of another recipe that may not be removed, each with the reason.
 */
export function replaceableOf(
  plan: ReleasePlan,
  verdicts: readonly Verdict[],
  rights: ReplaceRights,
  recorded: ReadonlySet<string>,
): Replaceable {
  const found = rights.replace ? verdicts.flatMap((verdict) => replacement(verdict, recorded)) : [];
  const refused = found.filter(({ kept }) => kept !== undefined);
  if (refused.length > 0) {
    throw new ActionableError(
      'not-replaceable',
      `Nothing was built: --replace is for AMIs that no other account may use.\n` +
        `${refused.map(({ target, ami, kept: why }) => `  ${target.name}: ${ami.id} is kept: ${why}\n`).join('')}` +
        `Raise "version" in the config (it is ${plan.version}): then new AMIs are built next to these.`,
    );
  }
  return {
    replaces: found.map(({ target, ami, snapshots }) => ({ target, ami, snapshots })),
    takesOver: rights.takeOver ? verdicts.flatMap(takeover) : [],
  };
}

/** Whether this target can be built once the replaced resources are gone. */
export const isReplaced = ({ replaces, takesOver }: Replaceable, { name }: Target): boolean =>
  [...replaces, ...takesOver].some(({ target }) => target.name === name);

function replacement({ target, status, sighting }: Verdict, recorded: ReadonlySet<string>) {
  if (status.is !== 'conflict' || !isOfOtherOrigin(status.by) || !sighting.images.ok) return [];
  const [ami] = status.amis;
  const seen = sighting.images.value.find((one) => one.ami.id === ami?.id);
  if (!ami || !seen) return [];
  return [{ target, ami, snapshots: createdSnapshots(seen), kept: whyKept(seen, recorded) }];
}

const isOfOtherOrigin = (by: Obstacle) => by === 'another recipe' || by === 'another source';

function whyKept({ ami, details }: SeenAmi, recorded: ReadonlySet<string>): string | undefined {
  if (recorded.has(ami.id)) return 'it is recorded';
  if (ami.state !== 'available') return `its state is ${ami.state}, so its permissions are not known`;
  if (ami.protection?.startsWith('enabled')) return 'it is protected against deregistration';
  if (!details?.ok) return 'the lookup of its permissions failed';
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

/** Ending a build does not free a target that something else blocks as well. */
function takeover({ target, status, sighting: { builders } }: Verdict): Takeover[] {
  const blocked = status.is === 'conflict' ? status.by !== 'another host' : status.is === 'wrong';
  const all = builders.ok && !blocked ? builders.value : [];
  return all.filter(({ is }) => is === 'elsewhere').map((builder) => ({ target, builder }));
}

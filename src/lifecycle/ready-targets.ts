import type { Context } from '../aws/context.ts';
import { lookUpStoredBundle } from '../instance-store/stored-bundle.ts';
import type { Ami } from '../model/ami.ts';
import type { Finding } from '../model/events.ts';
import type { Image } from '../model/image.ts';
import { describeLookupError, type Lookup, type LookupError, okLookup } from '../model/lookup.ts';
import type { Sharing } from '../model/publication.ts';
import type { ReleaseAmi } from '../model/release-ami.ts';
import type { AmiDetails } from '../model/sighting.ts';
import { detailsIn } from '../observe/ami-details.ts';
import { type ChangeOfPermission, permissionsToChange } from '../observe/permission-changes.ts';
import { expectationOf } from '../plan/images.ts';

/** A target of a publication in the current config. */
export interface ConfiguredTarget {
  name: string;
  region: string;
  image: Image;
  required: boolean;
}

/** The codes of findings about an AMI itself. */
export type LackCode = Extract<
  Finding['code'],
  'ami-missing' | 'ami-differs' | 'ami-disabled' | 'snapshot-missing' | 'bundle-missing' | 'unfinished'
>;

/** A difference between an AMI and the config. */
export interface Lack {
  code: LackCode;
  /** The resource it concerns: the AMI, a snapshot. */
  of: string;
  expected: string;
  found: string;
}

/** A target with its AMI, and its differences from the config. */
export interface SeenTarget {
  target: ConfiguredTarget;
  /** Absent if there is none, or its lookup failed. */
  seen?: ReleaseAmi;
  details?: AmiDetails;
  /** Permissions that differ from the config's. */
  open: ChangeOfPermission[];
  /** Why it is not verified; absent if it is. */
  why?: string;
  /** The same in parts; absent if its lookup failed. */
  lack?: Lack;
  error?: LookupError;
}

/** Whether its AMI is verified, and shared exactly as the config says. */
export const isReady = ({ why, open }: SeenTarget): boolean => why === undefined && open.length === 0;

/** Why a target is not ready, in words. */
export const whyNotReady = ({ why, open }: SeenTarget): string =>
  why ?? `it is not shared as the config says (${open.map(({ id }) => id).join(', ')})`;

/**
 * Looks at a release by the tags of its AMIs alone: its source, and whether that still exists, does not matter. So releases of
 * an older config can be looked at, too. Changes nothing.
 *
 * @param found the AMIs of the publication, by region.
 */
export async function lookAtTargets(
  { release, account, sharing }: { release: string; account: string; sharing: Sharing },
  targets: readonly ConfiguredTarget[],
  found: ReadonlyMap<string, Lookup<ReleaseAmi[]>>,
  context: Pick<Context, 'clients'>,
): Promise<SeenTarget[]> {
  const regions = Map.groupBy(targets, ({ region }) => region);
  const each = await Promise.all(
    [...regions].map(async ([region, some]) => {
      const lookup = found.get(region);
      if (!lookup?.ok) return some.map((target) => unanswered(target, lookup?.error));
      const own = lookup.value.filter((one) => one.release === release);
      const detailsOf = await detailsIn(
        region,
        own.map(({ ami }) => ami),
        context,
        [],
        new Set(),
      );
      return Promise.all(
        some.map(async (target): Promise<SeenTarget> => {
          const [seen, second] = own.filter((one) => one.target === target.name);
          if (seen === undefined) {
            const lack: Lack = { code: 'ami-missing', of: release, expected: 'an AMI', found: 'none' };
            return { target, open: [], why: `${release} has no AMI there`, lack };
          }
          if (second !== undefined) {
            const found = `two, ${seen.ami.id} and ${second.ami.id}`;
            const lack: Lack = { code: 'ami-differs', of: release, expected: 'one AMI', found };
            return {
              target,
              open: [],
              why: `there are two AMIs of it, ${seen.ami.id} and ${second.ami.id}`,
              lack,
            };
          }
          const differing = difference(seen.ami, target.image);
          if (differing !== undefined) return { target, seen, open: [], ...differing };
          const details = await detailsOf(seen.ami, {}, okLookup(undefined));
          if (!details.ok) return { ...unanswered(target, details.error), seen };
          const lacks = unusable(seen.ami, details.value);
          const open = permissionsToChange(seen.ami, details.value, sharing);
          const looked = { target, seen, details: details.value, open };
          if (lacks !== undefined) return { ...looked, ...lacks };
          const bundle = await bundleLacks({ release, account }, seen.ami, context);
          if (!bundle.ok) return { ...unanswered(target, bundle.error), seen };
          return { ...looked, ...bundle.value };
        }),
      );
    }),
  );
  const all = new Map(each.flat().map((one) => [one.target.name, one]));
  return targets.flatMap(({ name }) => all.get(name) ?? []);
}

const unanswered = (target: ConfiguredTarget, error: LookupError | undefined): SeenTarget => ({
  target,
  open: [],
  why: error === undefined ? 'its region was not looked up' : describeLookupError(error),
  ...(error === undefined ? {} : { error }),
});

type Why = Required<Pick<SeenTarget, 'why' | 'lack'>>;

/** How an AMI differs from its image in the config. Pure. */
function difference(ami: Ami, image: Image): Why | undefined {
  const expected = expectationOf(image);
  const rows: [what: string, expected: string, found: string][] = [
    ['state', 'available', ami.state],
    ['architecture', expected.architecture, ami.architecture],
    ['virtualization type', expected.virtualization, ami.virtualization],
    ['root device type', expected.rootDevice, ami.rootDevice],
  ];
  const wrong = rows.find(([, should, is]) => should !== is);
  if (wrong === undefined) return undefined;
  const [what, should, is] = wrong;
  return {
    why: `${ami.id}: ${what}: expected ${should}, found ${is}`,
    lack: { code: codeOfDifference(what, is), of: ami.id, expected: `${what} ${should}`, found: is },
  };
}

/** The code of an AMI's difference, by its name in `statusOf` and `difference`. Pure. */
export function codeOfDifference(what: string, found: string): LackCode {
  if (what === 'state' && found === 'disabled') return 'ami-disabled';
  if (what.startsWith('snapshot')) return 'snapshot-missing';
  return what.startsWith('bundle') ? 'bundle-missing' : 'ami-differs';
}

function unusable(ami: Ami, { snapshots }: AmiDetails): Why | undefined {
  const of = (id: string, found: string): Lack => ({
    code: 'snapshot-missing',
    of: id,
    expected: `a completed snapshot of ${ami.id}`,
    found,
  });
  const missing = ami.snapshots.find((id) => !snapshots.some((one) => one.id === id));
  if (missing !== undefined) {
    return { why: `snapshot ${missing} of ${ami.id} is missing`, lack: of(missing, 'none') };
  }
  const broken = snapshots.find(({ state }) => state !== 'completed');
  return (
    broken && {
      why: `snapshot ${broken.id} of ${ami.id} is ${broken.state}`,
      lack: of(broken.id, broken.state),
    }
  );
}

/** Without its bundle an instance-store AMI still looks valid, but cannot be launched. */
async function bundleLacks(
  { release, account }: { release: string; account: string },
  { rootDevice, location, region, id }: Ami,
  context: Pick<Context, 'clients'>,
): Promise<Lookup<Why | undefined>> {
  if (rootDevice !== 'instance-store' || location === undefined) return okLookup(undefined);
  const bundle = await lookUpStoredBundle({ release, location, region, account }, context);
  if (!bundle.ok) return bundle;
  const keys = bundle.value?.objects.map(({ key }) => key) ?? [];
  const isWhole =
    keys.some((key) => key.endsWith('.manifest.xml')) && keys.some((key) => /\.part\.\d+$/.test(key));
  if (isWhole) return okLookup(undefined);
  return okLookup({
    why: `its bundle ${location} is not complete`,
    lack: {
      code: 'bundle-missing',
      of: id,
      expected: `its bundle ${location}, manifest and parts`,
      found: keys.length === 0 ? 'none' : 'only part of it',
    },
  });
}

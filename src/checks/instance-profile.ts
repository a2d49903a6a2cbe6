import { homeRegion } from '../aws/account.ts';
import { type InstanceProfile, instanceProfile } from '../aws/instance-profiles.ts';
import type { Lookup } from '../model/lookup.ts';
import type { Target } from '../model/release-plan.ts';
import type { Check, CheckContext } from './check.ts';
import { type Finding, notKnown, type Place } from './finding.ts';
import { textsIn } from './launch-types.ts';

/** One lookup per profile: IAM is the same in all regions. */
export const instanceProfiles: Check = async (works, { clients, placeOf }) => {
  const named = works
    .flatMap(({ toBuild }) => toBuild)
    .flatMap((target) =>
      textsIn(target.packer.options.iam_instance_profile).map((name) => ({ name, target })),
    );
  const home = homeRegion(works.map(({ region }) => region));
  const all = [...Map.groupBy(named, ({ name }) => name)];
  return Promise.all(
    all.map(async ([name, users]) =>
      judgeInstanceProfile(
        name,
        users.map(({ target }) => target),
        await instanceProfile(clients, home, name),
        placeOf,
      ),
    ),
  );
};

/** Whether the builders' instance profile exists and has a role. Pure. */
export function judgeInstanceProfile(
  name: string,
  targets: readonly Target[],
  lookup: Lookup<InstanceProfile | undefined>,
  placeOf: CheckContext['placeOf'],
): Finding {
  const [first] = targets;
  const place: Place = {
    check: 'instance profile',
    ...(first ? { place: placeOf(first, ['iam_instance_profile']) } : {}),
    targets: targets.map((target) => target.name),
    stops: 'building',
  };
  const expected = 'an instance profile of this account, with a role';
  if (!lookup.ok) return notKnown(place, expected, lookup.error);
  if (lookup.value && lookup.value.roles.length > 0) return { ...place, is: 'ok' };
  const list = 'aws iam list-instance-profiles';
  if (!lookup.value) {
    return {
      ...place,
      is: 'refused',
      code: 'instance-profile-not-found',
      expected,
      found: `none named "${name}"`,
      todo: `Create it (docs/instance-store.md), or use another (list them: ${list}). In the sandbox it comes from the file given to --sandbox-account`,
      command: list,
    };
  }
  const command = `aws iam add-role-to-instance-profile --instance-profile-name ${name} --role-name ROLE`;
  return {
    ...place,
    is: 'warning',
    expected,
    found: `"${name}" without a role, so the builder has no credentials`,
    todo: `Add one: ${command}`,
  };
}

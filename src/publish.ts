import type { Planned, Result } from './events.ts';
import type { Plan, Target } from './plan/plan.ts';
import { type BuildLimits, ensureBuilt } from './release/build.ts';
import { planned, refuseToStart } from './release/planned.ts';
import { result } from './release/result.ts';
import { share } from './release/share.ts';
import { isComplete, isVerified, verify } from './release/verify.ts';
import type { World } from './release/world.ts';

export interface PublishOptions {
  /** Targets to build and verify; all of the plan's unless `--only` or `--except` chose. */
  selected: readonly Target[];
  limits: BuildLimits;
  /** Asked when something is to be made or shared, with what that is. Throws where the answer is no. */
  confirm(planned: Planned): Promise<void>;
  /** Done before the first build: templates written and checked whole. */
  prepare(): Promise<void>;
  /** The release's folder, as it is shown. */
  folder: string;
}

/**
 * Publish a release: look, build what is missing, look again, share what is verified, read back. Nothing is shared
 * until every required target of the publication is verified, whatever was selected. Run again, it goes on where
 * AWS says it stands.
 *
 * @throws ActionableError (4) where something speaks against starting; nothing was made then.
 */
export async function publish(plan: Plan, options: PublishOptions, world: World): Promise<Result> {
  const before = await verify(plan, plan.targets, world, 'one look');
  const start = planned(plan, before);
  world.emit(start);
  refuseToStart(before, options.selected);
  if (before.every((verdict) => isComplete(verdict, plan)))
    return result(plan, options, [], before, [], world);
  await options.confirm(start);
  await options.prepare();

  const built = await ensureBuilt(plan, options.selected, options.limits, world);
  const verified = await verify(plan, plan.targets, world);
  const ready = verified.every(({ target, standing }) => !target.required || isVerified(standing));
  if (!ready || world.stop.aborted) return result(plan, options, built, verified, [], world);

  const failures = await share(
    plan,
    verified.map(({ sighting }) => sighting),
    world,
  );
  const after = await verify(plan, plan.targets, world);
  return result(plan, options, built, after, failures, world);
}

import type { Host } from '../host.ts';
import { exitStatus } from '../lib/actionable-error.ts';
import { planned, why } from '../release/planned.ts';
import { verify } from '../release/verify.ts';
import { planTable } from '../report/plan-table.ts';
import { withRelease } from './open-release.ts';
import type { ReleaseArguments } from './release-arguments.ts';
import { paintFor, widthOf } from './screen.ts';
import { worldOf } from './world.ts';

/** Show what there is, what would be made and for whom. Makes nothing, writes nothing. */
export function plan(args: ReleaseArguments, host: Host): Promise<number> {
  return withRelease(args, host, async (release) => {
    const verdicts = await verify(release.plan, release.selected, worldOf(release, host), 'one look');
    const unknown = verdicts.some(({ standing }) => standing.is === 'unknown');
    if (args.json) {
      const targets = verdicts.map(({ target, standing }) => {
        const reason = why(standing);
        return { ...target, standing: standing.is, ...(reason === undefined ? {} : { why: reason }) };
      });
      host.stdout.write(`${JSON.stringify({ ...release.plan, targets }, null, 2)}\n`);
    } else {
      host.stdout.write(planTable(planned(release.plan, verdicts), widthOf(host), paintFor(host)));
    }
    return unknown ? exitStatus.failed : exitStatus.done;
  });
}

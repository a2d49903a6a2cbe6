import { exitStatus } from '../lib/actionable-error.ts';
import { definedOnly } from '../lib/defined-only.ts';
import { withPromotionStatus } from '../lifecycle/look-up-promotion-status.ts';
import { failedCallOf } from '../model/status.ts';
import { verify } from '../observe/verify.ts';
import { describeParameters, lookUpParameters, wantedParameters } from '../parameters/look.ts';
import { explainStatus } from '../publish/plan-summary.ts';
import { statusTable } from '../report/status-table.ts';
import { revokedAccess } from '../share/revoked-access.ts';
import { createContext } from './create-context.ts';
import type { Host } from './host.ts';
import { withRelease } from './open-release.ts';
import type { ReleaseArguments } from './release-arguments.ts';
import { sayJson, show } from './say.ts';
import { paintFor, widthOf } from './terminal-output.ts';

/**
 * Shows every target's status, from AWS alone.
 *
 * @returns 1 where one is in conflict, wrong, or could not be looked up; 3 where that is only the case for best-effort ones.
 */
export function status(args: ReleaseArguments, host: Host): Promise<number> {
  return withRelease({ ...args, meant: 'known' }, host, async (release) => {
    const { plan, selected, chosen } = release;
    const verdicts = await verify(plan, selected, createContext(release, host), 'one look');
    const seen = verdicts.map((verdict) => {
      const { target, status } = verdict;
      const ami = 'ami' in status ? { ami: status.ami.id, snapshots: status.ami.snapshots } : {};
      const { name, region } = target;
      return {
        name,
        region,
        status: status.is,
        ...ami,
        ...definedOnly({
          stillOpenTo: revokedAccess(verdict, plan),
          why: explainStatus(status),
          failedCall: failedCallOf(status),
        }),
      };
    });
    const unseen = (plan.leftOut ?? [])
      .filter(({ name }) => chosen.has(name))
      .map(({ name, region, why: reason, failedCall }) => ({
        name,
        region,
        status: 'unknown' as const,
        why: reason,
        ...definedOnly({ failedCall }),
      }));
    const { clients } = release;
    const wanted = await withPromotionStatus(plan, wantedParameters(verdicts), { clients });
    const parameters = await lookUpParameters(plan, wanted, { takeOver: false }, { clients });
    const described = describeParameters(parameters);
    const targets = [...seen, ...unseen];
    const { release: name, account, endpoint } = plan;
    release.looked();
    if (args.json) {
      sayJson(host.stdout, { format: 2, release: name, account, endpoint, targets, ...described }, 2);
    } else {
      show(
        host.stdout,
        statusTable(
          { release: name, account, endpoint, targets, ...described },
          widthOf(host),
          paintFor(host),
        ),
      );
    }
    const required = new Set(plan.targets.flatMap((target) => (target.required ? [target.name] : [])));
    const unknown = parameters.filter(({ status: { state } }) => state === 'unknown');
    const bad = [
      ...targets.filter(({ status }) => speaksAgainst.has(status)).map((target) => target.name),
      ...unknown.map(({ wanted }) => wanted.target),
    ];
    if (bad.some((target) => required.has(target))) return exitStatus.failed;
    return bad.length > 0 ? exitStatus.partial : exitStatus.done;
  });
}

const speaksAgainst: ReadonlySet<string> = new Set(['unknown', 'conflict', 'wrong']);

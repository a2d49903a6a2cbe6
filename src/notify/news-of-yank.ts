import type { Ami } from '../model/ami.ts';
import type { News } from '../model/notification-output.ts';

/**
 * The news that a release was withdrawn. Pure.
 *
 * @param amis the AMIs that nobody may use any more.
 * @param seconds how long the run took.
 * @param undo the command that undoes it.
 */
export function newsOfYank(
  of: Pick<News, 'release' | 'publication' | 'version' | 'account'> & { reason: string; candidate: boolean },
  amis: readonly { ami: Pick<Ami, 'id' | 'region'>; target: string }[],
  { seconds, rehearsal, undo }: { seconds: number; rehearsal: boolean; undo: string },
): News {
  const { candidate, ...about } = of;
  return {
    outcome: 'yanked',
    ...about,
    ...(candidate ? { candidate: true } : {}),
    ...(rehearsal ? { rehearsal: true } : {}),
    regions: [...new Set(amis.map(({ ami }) => ami.region))],
    targets: amis.map(({ ami, target }) => ({ name: target, region: ami.region, ami: ami.id })),
    shared: false,
    recorded: false,
    seconds: Math.round(seconds * 10) / 10,
    next: [`${undo}   undoes it`],
  };
}

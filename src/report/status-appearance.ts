import type { ShownStatus } from '../model/events.ts';
import type { Color } from './color.ts';

/** How each status is shown, and how a plan describes it. */
export const appearanceOf: Record<ShownStatus, { sign: string; color: Color; planned: string }> = {
  absent: { sign: '◌', color: 'dim', planned: 'to build' },
  building: { sign: '●', color: 'yellow', planned: 'being built' },
  pending: { sign: '●', color: 'yellow', planned: 'there, pending' },
  built: { sign: '●', color: 'cyan', planned: 'there, to verify' },
  verified: { sign: '✔', color: 'green', planned: 'there, verified' },
  shared: { sign: '✔', color: 'green', planned: 'there, shared' },
  wrong: { sign: '✖', color: 'red', planned: 'there, but wrong' },
  failed: { sign: '✖', color: 'red', planned: 'to build, after a failure' },
  conflict: { sign: '✖', color: 'red', planned: 'in conflict' },
  yanked: { sign: '✖', color: 'yellow', planned: 'yanked' },
  retired: { sign: '✖', color: 'yellow', planned: 'retired' },
  unknown: { sign: '?', color: 'red', planned: 'unknown' },
};

export const isVerifiedStatus = (status: ShownStatus): boolean =>
  status === 'verified' || status === 'shared';

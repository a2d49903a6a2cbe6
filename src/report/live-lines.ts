import type { Paint } from './color.ts';
import type { RunState, TargetState } from './run-state.ts';
import { isNobody, missingText } from './sharing.ts';
import { appearanceOf, isVerifiedStatus } from './status-appearance.ts';
import { clock, count, cut, pad } from './text.ts';

/** One region of the live screen: its own line, and one for each target if there is room. */
export interface RegionLines {
  region: string;
  line: string;
  /** One per target of the region; empty if the region's line says it all. */
  targets: string[];
}

export interface Size {
  columns: number;
  rows: number;
}

/** Lines above and below the targets: heading, summary, newest note, and the cursor's line. */
const otherLines = 5;

/**
 * The screen at a moment, for the regions with targets in this run. Pure. A line per target if the terminal has enough rows,
 * otherwise a line per region. No line is longer than `size.columns`.
 */
export function liveLines(state: RunState, size: Size, now: number, paint: Paint): RegionLines[] {
  const regions = state.regions.filter((name) => state.targets.some(({ region }) => region === name));
  const high = state.targets.length + regions.length + otherLines <= size.rows;
  const nameWidth = Math.max(...regions.map((region) => region.length));
  const targetWidth = Math.max(...state.targets.map((target) => shortName(target).length));
  return regions.map((region) => {
    const targets = state.targets.filter((target) => target.region === region);
    if (!high) {
      const line = `${pad(region, nameWidth)}  ${cells(targets, size.columns - nameWidth - 2, now, paint)}`;
      return {
        region,
        line: size.columns > nameWidth + 8 ? line : cut(region, size.columns),
        targets: targets.map(() => ''),
      };
    }
    const lines = targets.map((target) => targetLine(target, targetWidth, size.columns, now, paint));
    return { region, line: cut(region, size.columns), targets: lines };
  });
}

/** `12:04 · 17 of 32 verified · 6 building · 8 to build · 0 public until all are verified`; the time is the run's so far. */
export function summaryLine(state: RunState, columns: number, paint: Paint, now?: number): string {
  const number = (is: (target: TargetState) => boolean) => state.targets.filter(is).length;
  const failed = number((target) => signOf(target).sign === '✖' || target.status === 'unknown');
  const parts = [
    ...(state.startedAt === undefined || now === undefined ? [] : [clock((now - state.startedAt) / 1000)]),
    `${number(({ status }) => isVerifiedStatus(status))} of ${state.targets.length} verified`,
    ...some(
      number(({ status }) => status === 'building'),
      'building',
    ),
    ...some(
      number(({ status, copyFrom }) => status === 'pending' && copyFrom !== undefined),
      'being copied',
    ),
    ...some(
      number(
        ({ status, copyFrom }) => status === 'built' || (status === 'pending' && copyFrom === undefined),
      ),
      'to verify',
    ),
    ...some(
      number((target) => target.status === 'absent' && target.error === undefined && !target.copyFrom),
      'to build',
    ),
    ...some(
      number(
        (target) => target.status === 'absent' && target.error === undefined && target.copyFrom !== undefined,
      ),
      'to copy',
    ),
    ...some(failed, 'failed'),
    ...(isNobody(state.audience) ? [] : [sharedOf(state)]),
  ];
  if (state.interrupted === 0) return cut(parts.join(' · '), columns);
  const running = number(({ status }) => status === 'building');
  const cleaning =
    running === 0 ? 'stopping' : `stopping: waiting for ${count(running, 'build')} to clean up`;
  const stopping = `${cleaning}; Ctrl-C again exits at once`;
  return paint('yellow', cut(stopping, columns));
}

/** `0 public until all are verified`, `sharing: 12 of 32 public`, `32 public`. */
function sharedOf({ audience, targets, othersMissing, result }: RunState): string {
  if (othersMissing !== undefined) return `shared with nobody yet: ${missingText(othersMissing)}`;
  const shared = targets.filter(({ status }) => status === 'shared').length;
  const all = targets.every(({ status }) => isVerifiedStatus(status));
  const waiting = shared === 0 && !all;
  if (all && shared < targets.length && result === undefined) {
    return `sharing: ${shared} of ${targets.length} ${audience.public ? 'public' : 'shared'}`;
  }
  return `${shared} ${audience.public ? 'public' : 'shared'}${waiting ? ' until all are verified' : ''}`;
}

const some = (number: number, what: string) => (number === 0 ? [] : [`${number} ${what}`]);

export const shortName = ({ name, region }: { name: string; region: string }): string =>
  name.startsWith(`${region}-`) ? name.slice(region.length + 1) : name;

export function signOf({ status, error, retryAt }: TargetState) {
  const failed = error !== undefined && (status === 'absent' || status === 'failed');
  if (!failed) return appearanceOf[status];
  return retryAt === undefined
    ? appearanceOf.failed
    : { ...appearanceOf.failed, sign: '↻', color: 'yellow' as const };
}

function targetLine(
  target: TargetState,
  nameWidth: number,
  columns: number,
  now: number,
  paint: Paint,
): string {
  const { sign, color } = signOf(target);
  const time = elapsed(target, now);
  const room = columns - nameWidth - 4 - (time === '' ? 0 : time.length + 2);
  const shown = `${paint(color, sign)} ${pad(shortName(target), nameWidth)}  ${time === '' ? '' : `${time}  `}`;
  if (room < 4) return cut(`${sign} ${shortName(target)}`, columns);
  return (shown + paint(color === 'red' ? 'red' : 'dim', cut(doingOf(target, now), room))).trimEnd();
}

/** A space and `06:12`. */
const timeWidth = 6;

/** The targets of a region on one line; those in progress with details, if there is room. */
function cells(targets: readonly TargetState[], width: number, now: number, paint: Paint): string {
  const short = targets.map((target) => `${signOf(target).sign} ${shortName(target)}`);
  const total = short.join('  ').length;
  if (total > width) return cut(tally(targets), width);
  const busy = targets.filter((target) => detail(target, now, Number.POSITIVE_INFINITY) !== '').length;
  let left = width - total;
  const share = Math.max(busy === 0 ? 0 : Math.floor(left / busy), timeWidth);
  return targets
    .map((target) => {
      const { sign, color } = signOf(target);
      const more = detail(target, now, Math.min(share, left) - 1);
      left -= more === '' ? 0 : more.length + 1;
      return `${paint(color, sign)} ${shortName(target)}${more === '' ? '' : ` ${paint('dim', more)}`}`;
    })
    .join('  ');
}

/** The details of a target in progress: the time, and what it is doing if at least one word of that fits. */
function detail(target: TargetState, now: number, room: number): string {
  const busy = target.status === 'building' || target.error !== undefined || target.doing !== undefined;
  if (!busy || isVerifiedStatus(target.status)) return '';
  const time = elapsed(target, now);
  const left = room - time.length - (time === '' ? 0 : 1);
  const doing = left < 8 ? '' : cut(doingOf(target, now), left);
  const text = [time, doing].filter((part) => part !== '').join(' ');
  return text.length <= room ? text : '';
}

/** If the names do not fit: how many targets have each symbol. */
function tally(targets: readonly TargetState[]): string {
  const signs = targets.map((target) => signOf(target).sign);
  return [...new Set(signs)]
    .map((sign) => `${sign} ${signs.filter((other) => other === sign).length}`)
    .join('  ');
}

const elapsed = ({ status, attempt }: TargetState, now: number): string =>
  status === 'building' && attempt !== undefined ? clock((now - attempt.startedAt) / 1000) : '';

function doingOf(target: TargetState, now: number): string {
  const { status, ami, attempt, doing, error, retryAt, why } = target;
  if (retryAt !== undefined && error !== undefined) {
    return `attempt ${(attempt?.number ?? 1) + 1} in ${Math.max(0, Math.ceil((retryAt - now) / 1000))} s: ${error.message}`;
  }
  if (error !== undefined && !isVerifiedStatus(status)) return error.message;
  if (status === 'building') {
    const which =
      attempt !== undefined && attempt.number > 1 ? `attempt ${attempt.number} of ${attempt.of}: ` : '';
    return `${which}${doing ?? why ?? 'starts Packer'}`;
  }
  if (doing !== undefined) return doing;
  if (status === 'absent') return '';
  return [ami, status, why].filter((part) => part !== undefined).join('  ');
}

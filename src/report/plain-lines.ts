import type { RunEvent } from '../model/events.ts';
import type { Paint } from './color.ts';
import { heading } from './heading.ts';
import { retryingText } from './retrying.ts';
import type { RunState } from './run-state.ts';
import { state as sharedWith } from './sharing.ts';
import { appearanceOf, isVerifiedStatus } from './status-appearance.ts';
import { duration } from './text.ts';

/** The changes of an event, in lines; none if they were shown already. Pure. `before`: the state before the event. */
export function plainLines(event: RunEvent, before: RunState, paint: Paint): string[] {
  if (event.type === 'planned') return heading(event);
  const text = lineOf(event, before, paint);
  if (text === undefined) return [];
  const place = 'target' in event && event.target !== undefined ? `${event.target}  ` : '';
  return [`${paint('dim', event.time.slice(11, 19))}  ${place}${text}`];
}

function lineOf(event: RunEvent, before: RunState, paint: Paint): string | undefined {
  const target = 'target' in event ? before.targets.find(({ name }) => name === event.target) : undefined;
  switch (event.type) {
    case 'status':
      if (target?.status === event.status && target.ami === event.ami) return undefined;
      return [paint(appearanceOf[event.status].color, event.status), event.ami, event.why]
        .filter(Boolean)
        .join('  ');
    case 'attempt-started':
      return `attempt ${event.attempt} of ${event.of} starts; log ${event.log}`;
    case 'copy-started':
      return `copy of ${event.from} starts  ${event.ami}`;
    case 'attempt-progress':
      return target?.doing === event.text ? undefined : event.text;
    case 'attempt-ended': {
      const ended = `attempt ${event.attempt} ended after ${duration(event.seconds)}`;
      if (event.error === undefined) return event.ami === undefined ? ended : `${ended}  ${event.ami}`;
      const again = event.retryIn === undefined ? '' : `; retry in ${duration(event.retryIn)}`;
      return paint('red', `${ended}: ${event.error.message}${again}`);
    }
    case 'removed':
      return `removed ${event.kind} ${event.id} in ${event.region}`;
    case 'warning':
      return paint(
        'yellow',
        `warning: ${event.region === undefined ? '' : `${event.region}: `}${event.text}`,
      );
    case 'waiting':
      return target?.doing === `waits for ${event.for}` ? undefined : `waits for ${event.for}`;
    case 'retrying':
      return paint('yellow', `${retryingText(event)}; next in ${duration(event.retryIn)}`);
    case 'answered':
      return `${event.operation} in ${event.region} succeeds again`;
    case 'adopted':
      return `adopted  ${event.ami}`;
    case 'verified':
      return target !== undefined && isVerifiedStatus(target.status)
        ? undefined
        : `${paint('green', 'verified')}  ${event.ami}`;
    case 'shared':
      return `${paint('green', sharedWith(event))}  ${event.ami}`;
    case 'notified':
      return event.rehearsed === undefined ? `notified  ${event.to}` : undefined;
    case 'interrupted':
      return paint(
        'yellow',
        event.count === 1
          ? 'stopping: running builds clean up; Ctrl-C again exits at once'
          : 'exiting at once: what running builds created stays behind',
      );
    case 'planned':
    case 'result':
      return undefined;
  }
}

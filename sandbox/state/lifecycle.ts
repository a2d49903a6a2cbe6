import type { ImageRecord, InstanceRecord, SnapshotRecord } from '../model/records.ts';

/** When something that takes this many seconds is done; undefined if it is done at once. */
export const doneAt = (now: Date, seconds: number): string | undefined =>
  seconds > 0 ? new Date(now.getTime() + seconds * 1000).toISOString() : undefined;

/** The time until which a new resource is pending; none if it is done at once. */
export const pendingFor = ({ now }: { now: Date }, seconds: number): { pendingUntil?: string } => {
  const pendingUntil = doneAt(now, seconds);
  return pendingUntil === undefined ? {} : { pendingUntil };
};

/** Whether something with an end time is still in progress; false without an end time. */
export const isUnderWay = (time: string | undefined, now: Date): boolean =>
  time !== undefined && now.getTime() < new Date(time).getTime();

/** An image's state at a time; `pending` until it is done, whatever its final state. */
export const imageState = ({ state, pendingUntil }: ImageRecord, now: Date) =>
  (state === 'available' || state === 'failed') && isUnderWay(pendingUntil, now) ? 'pending' : state;

export const snapshotState = ({ pendingUntil, failure }: SnapshotRecord, now: Date) => {
  if (isUnderWay(pendingUntil, now)) return 'pending';
  return failure === undefined ? 'completed' : 'error';
};

const onTheWayTo = { running: 'pending', stopped: 'stopping', terminated: 'shutting-down' } as const;

/** An instance's state at a time, including transitional ones. */
export const instanceState = ({ state, settlesAt }: InstanceRecord, now: Date) =>
  isUnderWay(settlesAt, now) ? onTheWayTo[state] : state;

/**
 * The result of some work; undefined as soon as `stop` is aborted, without waiting for the work to end. If `stop` is already
 * aborted, the work does not start. For work that changes nothing.
 */
export async function unlessStopped<T>(work: () => Promise<T>, stop: AbortSignal): Promise<T | undefined> {
  if (stop.aborted) return undefined;
  const { promise: stopped, resolve } = Promise.withResolvers<undefined>();
  const end = () => resolve(undefined);
  stop.addEventListener('abort', end, { once: true });
  try {
    return await Promise.race([work(), stopped]);
  } finally {
    stop.removeEventListener('abort', end);
  }
}

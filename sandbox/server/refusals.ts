import { appendFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** A request that the sandbox refused because it was not for an AWS host. */
export interface Refusal {
  /** ISO 8601. */
  time: string;
  method: string;
  host: string;
  reason: string;
}

export interface Refusals {
  add(refusal: Omit<Refusal, 'time'>): void;
  list(): Refusal[];
  /** Also on disk. */
  clear(): void;
}

const kept = 1000;

/** Keeps the newest refusals in memory and writes each as a line of JSON to `refusals.ndjson`. */
export function createRefusals(options: {
  folder: string;
  now: () => Date;
  log: (message: string) => void;
}): Refusals {
  const refusals: Refusal[] = [];
  const file = join(options.folder, 'refusals.ndjson');
  return {
    add(refusal) {
      const timed = { time: options.now().toISOString(), ...refusal };
      refusals.push(timed);
      if (refusals.length > kept) refusals.shift();
      appendFileSync(file, `${JSON.stringify(timed)}\n`, { mode: 0o600 });
      options.log(`refused ${refusal.method} ${refusal.host}: ${refusal.reason}`);
    },
    list: () => [...refusals],
    clear() {
      refusals.length = 0;
      rmSync(file, { force: true });
    },
  };
}

import { appendFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** One API call as it is kept: no header, no key material, nothing that its schema calls sensitive. */
export interface CallRecord {
  time: string;
  service: string;
  operation: string;
  region: string;
  account: string;
  userAgent: string;
  /** HTTP status; 0 where the call was left unanswered on purpose. */
  status: number;
  error?: string;
  input?: unknown;
  requestId: string;
}

export interface CallLog {
  add(call: CallRecord): void;
  /** The latest calls of this process, oldest first. */
  calls(): CallRecord[];
  clear(): void;
}

const kept = 10_000;

/**
 * Calls, each one line of `calls.ndjson` in a folder, and the latest ten thousand in memory. What a full disk has no room for is
 * in memory alone: no call fails for want of its line.
 */
export const createCallLog = (folder: string): CallLog => {
  const file = join(folder, 'calls.ndjson');
  let calls: CallRecord[] = [];
  return {
    add: (call) => {
      try {
        appendFileSync(file, `${JSON.stringify(call)}\n`, { mode: 0o600 });
      } catch {}
      calls.push(call);
      if (calls.length > kept) calls = calls.slice(-kept);
    },
    calls: () => [...calls],
    clear: () => {
      rmSync(file, { force: true });
      calls = [];
    },
  };
};

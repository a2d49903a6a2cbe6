import { appendFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** One API call as it is logged: no headers, no key material, nothing that its schema marks as sensitive. */
export interface CallRecord {
  time: string;
  service: string;
  operation: string;
  region: string;
  account: string;
  userAgent: string;
  /** HTTP status; 0 if the call was deliberately left unanswered. */
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
 * Logs calls, one line each, to `calls.ndjson` in a folder, and keeps the latest ten thousand in memory. If the disk is full, a
 * call is kept only in memory: no call fails because of its log line.
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

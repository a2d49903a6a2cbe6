import type { Kind } from './records.ts';
import type { Consistency } from './settings/behaviour.ts';

/** Which new things EC2 misses for now. Nothing of it is kept: whatever is there at the start is seen. */
export interface Visibility {
  /** Something was made. */
  made(kind: Kind, id: string, consistency: Consistency): void;
  /** A call is about to look something up by its id or to list it: whether it is seen this time. */
  look(id: string): boolean;
  clear(): void;
}

export const createVisibility = (): Visibility => {
  const young = new Map<string, { looks: number; hiddenReads: number; flaps: number }>();
  return {
    made(kind, id, { hiddenReads, flaps, kinds }) {
      if (hiddenReads + flaps > 0 && (kinds as readonly Kind[]).includes(kind)) {
        young.set(id, { looks: 0, hiddenReads, flaps });
      }
    },
    look(id) {
      const one = young.get(id);
      if (!one) return true;
      const since = one.looks - one.hiddenReads;
      one.looks += 1;
      if (since >= 2 * one.flaps) young.delete(id);
      return since >= 2 * one.flaps || (since >= 0 && since % 2 === 0);
    },
    clear: () => young.clear(),
  };
};

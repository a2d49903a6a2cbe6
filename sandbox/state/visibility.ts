import type { Consistency } from '../model/behaviour.ts';
import type { Kind } from '../model/records.ts';

/** Which new resources EC2 currently misses. Not saved: everything that exists at the start is visible. */
export interface Visibility {
  /** A resource was created. */
  made(kind: Kind, id: string, consistency: Consistency): void;
  /** A call is about to look up or list a resource: whether it sees the resource this time. */
  look(id: string): boolean;
  clear(): void;
}

export const createVisibility = (): Visibility => {
  const young = new Map<string, { looks: number; consistency: Consistency }>();
  return {
    made(kind, id, consistency) {
      const { hiddenReads, flaps, kinds } = consistency;
      if (hiddenReads + flaps > 0 && (kinds as readonly Kind[]).includes(kind)) {
        young.set(id, { looks: 0, consistency });
      }
    },
    look(id) {
      const one = young.get(id);
      if (!one) return true;
      const { hiddenReads, flaps, missesPerFlap } = one.consistency;
      const since = one.looks - hiddenReads;
      one.looks += 1;
      const turn = 1 + missesPerFlap;
      if (since >= turn * flaps) young.delete(id);
      return since >= turn * flaps || (since >= 0 && since % turn === 0);
    },
    clear: () => young.clear(),
  };
};

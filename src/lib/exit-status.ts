/** Exit statuses, as listed in `docs/commands.md`. */
export const exitStatus = {
  done: 0,
  failed: 1,
  usage: 2,
  partial: 3,
  refused: 4,
  drift: 5,
  interrupted: 130,
} as const;

export type ExitStatus = (typeof exitStatus)[keyof typeof exitStatus];

type Ending = Exclude<ExitStatus, 2 | 4 | 5>;

/** The status of a run after one more part ended: a failure outweighs a partial result, an interruption outweighs both. Pure. */
export function withPart(
  before: Ending,
  { failed, partial = false }: { failed: boolean; partial?: boolean },
): Ending {
  if (before === exitStatus.interrupted || before === exitStatus.failed) return before;
  if (failed) return exitStatus.failed;
  return partial ? exitStatus.partial : before;
}

/** Exit statuses, as `docs/commands.md` lists them. */
export const exitStatus = { done: 0, failed: 1, usage: 2, partial: 3, refused: 4, interrupted: 130 } as const;

export type ExitStatus = (typeof exitStatus)[keyof typeof exitStatus];

/**
 * A mistake or refusal that the user can act on. It is printed without a stack trace: where, what was expected, what was found,
 * what to do.
 */
export class ActionableError extends Error {
  readonly status: ExitStatus;

  constructor(message: string, status: ExitStatus = exitStatus.usage) {
    super(message);
    this.name = 'ActionableError';
    this.status = status;
  }
}

/** A refusal that a person can act on: what, where, what to do. Printed without a stack trace. */
export class SandboxError extends Error {
  /**
   * `in use`: another process has the state folder; its sandbox can be used once it answers. `no address`: the given address is
   * not a sandbox's.
   */
  readonly why: 'in use' | 'no address' | undefined;

  constructor(message: string, why?: 'in use' | 'no address') {
    super(message);
    this.name = 'SandboxError';
    this.why = why;
  }
}

/** A refusal that a person can act on: what, where, what to do. It is printed without a stack trace. */
export class SandboxError extends Error {
  /**
   * `in use`: another process has the state folder, whose sandbox can be joined once it answers. `no address`: what was
   * given is not the address of any.
   */
  readonly why: 'in use' | 'no address' | undefined;

  constructor(message: string, why?: 'in use' | 'no address') {
    super(message);
    this.name = 'SandboxError';
    this.why = why;
  }
}

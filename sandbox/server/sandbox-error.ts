/** A refusal that a person can act on: what, where, what to do. It is printed without a stack trace. */
export class SandboxError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SandboxError';
  }
}

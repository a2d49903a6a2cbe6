/** What the client does that scp's protocol does not allow, or that does not work here. */
export class ScpError extends Error {}

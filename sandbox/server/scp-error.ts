/** The client violates scp's protocol, or asks for something that does not work here. */
export class ScpError extends Error {}

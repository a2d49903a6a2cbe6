/** A command of the AWS CLI in a message: `aws ec2 enable-image`. */
const awsCommand = /\baws [a-z0-9-]+ [a-z][a-z-]+/;

/**
 * What a rehearsal adds to messages that recommend commands of the AWS CLI: as they stand, they would change the real account.
 * Undefined if there are none. Pure.
 */
export const awsInRehearsal = (texts: readonly string[]): string | undefined =>
  texts.some((text) => awsCommand.test(text))
    ? 'In this rehearsal, run aws commands with the environment that "gopackgo sandbox" prints (docs/sandbox.md): without it they reach AWS itself.'
    : undefined;

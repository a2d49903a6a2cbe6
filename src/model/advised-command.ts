/** The commands that messages advise. */
export type AdvisedVerb =
  | 'cleanup'
  | 'doctor'
  | 'plan'
  | 'promote'
  | 'publish'
  | 'releases'
  | 'status'
  | 'yank';

/**
 * Writes a command that a message advises, to be pasted as it is: with the sandbox, profile and variables of the run that says so.
 *
 * @param named a release, `web@1.0.0`, or a publication.
 * @param more further options, each a word of a shell: `--undo`.
 */
export type AdvisedCommand = (verb: AdvisedVerb, named: string, ...more: string[]) => string;

/** The commands that messages recommend. */
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
 * Formats a command that a message recommends, ready to paste: with the sandbox, profile and variables of the run.
 *
 * @param named a release, `web@1.0.0`, or a publication.
 * @param more additional options, each one shell word: `--undo`.
 */
export type AdvisedCommand = (verb: AdvisedVerb, named: string, ...more: string[]) => string;

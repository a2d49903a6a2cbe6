/** The "git" settings of a config. */
export interface GitSettings {
  clean: boolean;
  pushed: boolean;
  /** The name of this release's tag; absent if it gets none. */
  tag?: string;
  /** As written in the config: `release/{version}`. */
  patterns: { tag?: string; candidateTag?: string };
}

/** Git's view of a config's folder, or `why` there is none, in words that follow "found". */
export type GitSeen = { why: string } | GitState;

export interface GitState {
  /** The full commit id of HEAD. */
  commit: string;
  /** Paths that differ from it, from the top of the repository; empty if not requested. */
  changed: string[];
  /** The commit of the release's local tag; absent if there is none. */
  tag?: string;
  /** Absent if it was not asked. */
  remote?: RemoteSeen;
}

export type RemoteSeen =
  | { name?: string; why: string }
  | {
      name: string;
      /** Whether one of its branches or tags has the commit, as far as this clone knows its branches. */
      has: boolean;
      /** The commit of the release's tag there; absent if there is none. */
      tag?: string;
    };

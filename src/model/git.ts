/** What "git" in a config asks for. */
export interface GitSettings {
  clean: boolean;
  pushed: boolean;
  /** The name of this release's tag; absent where it gets none. */
  tag?: string;
  /** As the config writes them: `release/{version}`. */
  patterns: { tag?: string; candidateTag?: string };
}

/** What git says of the folder of a config; `why` it says nothing, in words that follow "found". */
export type GitSeen = { why: string } | GitState;

export interface GitState {
  /** HEAD, in full. */
  commit: string;
  /** Paths that differ from it, from the top of the repository; empty where nobody asked. */
  changed: string[];
  /** The commit of the release's tag here; absent where there is none. */
  tag?: string;
  /** Absent where it was not asked. */
  remote?: RemoteSeen;
}

export type RemoteSeen =
  | { name?: string; why: string }
  | {
      name: string;
      /** Whether a branch or a tag of it has the commit, as far as this clone knows its branches. */
      has: boolean;
      /** The commit of the release's tag there; absent where there is none. */
      tag?: string;
    };

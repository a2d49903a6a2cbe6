import type { ReviewedPlan } from '../plan/diff-plans.ts';
import type { Meant } from './timestamped-version.ts';

/** How long things take in the sandbox: no time, or of the order of what they take on AWS. */
export type SandboxSpeed = 'quick' | 'real';

/** What every command about a release takes. */
export interface ReleaseArguments {
  /** `official`, `configs/official.json`, with `@VERSION` where another than the config's is meant. */
  publication: string;
  sandbox: boolean;
  sandboxUrl?: string;
  sandboxSpeed?: SandboxSpeed;
  /** File with settings of the sandbox's accounts. */
  sandboxAccount?: string;
  profile?: string;
  /** Of a publication whose version holds `{timestamp}`, where none is named; `unfinished` where absent. */
  meant?: Meant;
  only: string[];
  except: string[];
  /** What `--var` gives to variables of the config, by name. */
  variables: Readonly<Record<string, string>>;
  json: boolean;
  quiet?: boolean;
  /** AMIs of another recipe count. */
  acceptMixed: boolean;
  /** A plan that was read before: its base images and its selection hold. */
  reviewed?: ReviewedPlan;
}

import type { VariableValue } from '../model/publication.ts';
import type { ReviewedPlan } from '../plan/diff-plans.ts';
import type { Meant } from './timestamped-version.ts';

/** How long operations take in the sandbox: no time, or about as long as on AWS. */
export type SandboxSpeed = 'quick' | 'real';

/** The arguments of every command about a release. */
export interface ReleaseArguments {
  /** `official`, `configs/official.json`, with `@VERSION` for another version than the config's. */
  publication: string;
  sandbox: boolean;
  sandboxUrl?: string;
  sandboxSpeed?: SandboxSpeed;
  /** File with settings of the sandbox's accounts. */
  sandboxAccount?: string;
  profile?: string;
  /** Which release is meant if the config's version contains `{timestamp}` and none is named; `unfinished` if absent. */
  meant?: Meant;
  only: string[];
  except: string[];
  /** The values of `--var`, by the name of the variable; with a reviewed plan, the plan's values. */
  variables: Readonly<Record<string, VariableValue>>;
  /** The files in `--var-file`, in order. */
  variableFiles: readonly string[];
  /** Whether secret variables need a value. */
  needsSecrets?: boolean;
  /** `all but notify`: variables that only "notify" uses need no value. */
  uses?: 'all but notify';
  json: boolean;
  quiet?: boolean;
  /** Whether AMIs of another recipe count. */
  acceptMixed: boolean;
  /** A reviewed plan: its base images and its selection are used. */
  reviewed?: ReviewedPlan;
}

/** The arguments that say which AWS a command uses. */
export type WhereArguments = Pick<
  ReleaseArguments,
  'sandbox' | 'sandboxUrl' | 'sandboxSpeed' | 'sandboxAccount' | 'profile'
>;

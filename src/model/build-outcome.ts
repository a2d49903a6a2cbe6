import type { BuildFailure } from './builds.ts';
import type { Target } from './release-plan.ts';
import type { Remaining, Resource } from './resource.ts';
import type { Sighting } from './sighting.ts';
import type { Status } from './status.ts';

export interface BuildLimits {
  /** Concurrent Packer processes in all regions. */
  parallel: number;
  parallelPerRegion: number;
  /** Regions with room for fewer concurrent builders, and how many. */
  atOnceIn?: ReadonlyMap<string, number>;
  /** Maximum attempts of a build whose failures AWS calls transient. */
  attempts: number;
  /** Starts nothing new once a required target has finally failed. */
  failFast?: boolean;
}

/** The outcome of one target's build. Never an exception: one target's failure does not stop the others. */
export interface BuildOutcome {
  target: Target;
  status: Status;
  /** Packer processes, or copies, that this run started for it. */
  attempts: number;
  /** Of these, how many AWS throttled before they launched anything. They do not use up `attempts`. */
  throttled: number;
  /** Total time of its Packer processes, 0 if none ran. */
  seconds: number;
  failure?: BuildFailure;
  log?: string;
  /** The last sighting of it when nothing was left to do; absent if the run changed something afterwards. */
  seen?: Sighting;
  /** Leftovers of the last removal that could not be removed; the build ends with them. */
  remaining: (Resource & Remaining)[];
}

/** How long a build and AWS may take, in seconds, if the config sets it. */
export interface Timeouts {
  /** Until Packer has created everything except the AMI. */
  build?: number;
  /** Until AWS has created the AMI after Packer requested it. */
  ami?: number;
  /** Until AWS has copied an AMI to another region. */
  copy?: number;
}

const hour = 3600;

/** Packer's own wait for an AMI by default: 540 lookups, 5 s apart. Seconds. */
const usualPolling = 540 * 5;

/** How often Packer looks for an AMI, 5 s apart. */
export const amiLooks = ({ ami = usualPolling }: Timeouts = {}): number => Math.ceil(ami / 5);

/**
 * How long Packer may take for a target, and therefore how long another host's builder counts as alive. Milliseconds. If the
 * config sets a time for the AMI, it is added to the build's.
 */
export const buildLimitOf = ({ build = 3 * hour, ami = 0 }: Timeouts = {}): number => (build + ami) * 1000;

/** How long a run waits by default. Seconds. */
const usualWait = 4 * hour;

/**
 * How long a run waits for a copy; for a timed copy until its time is over. Milliseconds.
 *
 * @param within the minutes of a timed copy.
 */
export const copyLimitOf = ({ copy }: Timeouts = {}, within = 0): number =>
  (copy ?? Math.max(usualWait, within * 60)) * 1000;

/** How long a run waits for a build that another run started, and for a pending AMI. Milliseconds. */
export const waitLimitOf = (timeouts: Timeouts = {}): number =>
  Math.max(
    usualWait * 1000,
    ...(isEmpty(timeouts) ? [] : [buildLimitOf(timeouts), (timeouts.ami ?? 0) * 1000]),
  );

const isEmpty = ({ build, ami }: Timeouts): boolean => build === undefined && ami === undefined;

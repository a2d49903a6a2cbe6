/** How long a build and AWS may take, in seconds, where the config says so. */
export interface Timeouts {
  /** Until Packer has everything but the AMI. */
  build?: number;
  /** Until AWS has made the AMI, once Packer asked for it. */
  ami?: number;
  /** Until AWS has copied an AMI to another region, once it was asked to. */
  copy?: number;
}

const hour = 3600;

/** Packer's own wait for an AMI where the config says nothing: 540 looks, 5 s apart. Seconds. */
const usualPolling = 540 * 5;

/** How long Packer looks for an AMI, in looks that are 5 s apart. */
export const amiLooks = ({ ami = usualPolling }: Timeouts = {}): number => Math.ceil(ami / 5);

/**
 * How long Packer may take for a target, and so how long another host's builder counts as alive. Milliseconds. Where the
 * config names a time for the AMI, Packer has it on top of that for the build.
 */
export const buildLimitOf = ({ build = 3 * hour, ami = 0 }: Timeouts = {}): number => (build + ami) * 1000;

/** How long a run waits where the config says nothing. Seconds. */
const usualWait = 4 * hour;

/**
 * How long a run waits for a copy. A timed one is waited for until its time is over. Milliseconds.
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

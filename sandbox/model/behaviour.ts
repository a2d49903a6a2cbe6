import type { AccountRule } from './account-settings.ts';
import { laggingKinds, type WrittenSettings } from './settings/settings.ts';

/** How long things take, in seconds. 0 means: ready at the first lookup. */
export type Durations = Required<Exclude<NonNullable<WrittenSettings['speed']>, string>>;

/** How late EC2 shows new resources ("Eventual consistency in the Amazon EC2 API"). */
export type Consistency = Required<Omit<NonNullable<WrittenSettings['consistency']>, 'kinds'>> & {
  kinds: readonly (typeof laggingKinds)[number][];
};

/**
 * How long a new resource may be missed, in milliseconds; 0 if everything is visible at once. The sandbox counts missed calls,
 * not time: each stands for a second, the usual pause of clients between two lookups.
 */
export const consistencyLag = ({ hiddenReads, flaps, missesPerFlap, kinds }: Consistency): number =>
  kinds.length === 0 ? 0 : (hiddenReads + flaps * missesPerFlap) * 1_000;

/** How the sandbox behaves, apart from its resources. Each given part replaces the current one. */
export interface Behaviour {
  speed?: 'quick' | 'real' | Partial<Durations>;
  consistency?: Partial<Consistency>;
  requestRates?: 'enforced' | 'off';
  /** In order; later rules win. */
  accounts?: AccountRule[];
}

/** The parts of a behaviour that apply to the whole sandbox. */
export interface GlobalBehaviour {
  durations: Durations;
  consistency: Consistency;
  requestRates: 'enforced' | 'off';
}

const quick: Durations = {
  instanceStart: 0,
  instanceStop: 0,
  instanceEnd: 0,
  image: 0,
  copy: 0,
  parameter: 0,
};

/** Approximate times of small instances and 8 GiB volumes on AWS; not measured there. */
const real: Durations = {
  instanceStart: 12,
  instanceStop: 20,
  instanceEnd: 12,
  image: 70,
  copy: 180,
  parameter: 5,
};

export const standardBehaviour: GlobalBehaviour = {
  durations: quick,
  consistency: { hiddenReads: 0, flaps: 0, missesPerFlap: 1, kinds: laggingKinds },
  requestRates: 'enforced',
};

/** Applies the given parts to a behaviour. */
export const withBehaviour = (
  before: GlobalBehaviour,
  { speed, consistency, requestRates }: Behaviour,
): GlobalBehaviour => ({
  durations: speed === undefined ? before.durations : durationsOf(speed),
  consistency: { ...before.consistency, ...consistency },
  requestRates: requestRates ?? before.requestRates,
});

const durationsOf = (speed: NonNullable<Behaviour['speed']>): Durations => {
  if (speed === 'quick') return quick;
  return speed === 'real' ? real : { ...quick, ...speed };
};

/**
 * Where the sandbox is kinder than AWS by default, so that a rehearsal is quick and the first one works. `docs/sandbox.md`
 * lists each in the row named.
 */
export const kinderThanAws: readonly {
  row: string;
  setting: string;
  aws: string;
  here: string;
  why: string;
}[] = [
  {
    row: 'time',
    setting: 'speed',
    aws: 'instances, images and copies take seconds to hours',
    here: 'quick: everything is ready at the first lookup',
    why: "Packer's waiters sleep 5 to 15 s after each lookup that is too early",
  },
  {
    row: 'new resources',
    setting: 'consistency',
    aws: 'may be missed for seconds',
    here: 'visible at once',
    why: 'Packer 1.6.6 sleeps 5 s after each miss, and deletes an AMI whose new snapshot it misses',
  },
  {
    row: 'vCPUs of a new account',
    setting: 'accounts[].quotas.L-1216C47A',
    aws: '1 to 32 vCPUs of standard instances in a new account; AWS decides',
    here: '32',
    why: 'a demo with several images at once needs more than the minimum',
  },
];

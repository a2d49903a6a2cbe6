import { definedOnly } from '../lib/defined-only.ts';
import type {
  Audience,
  PlannedTarget,
  Result,
  ResultTarget,
  RunEvent,
  ShownStatus,
  StatusName,
  TargetError,
} from '../model/events.ts';
import { isNobody } from './sharing.ts';
import { isVerifiedStatus } from './status-appearance.ts';

/** The state of a run, from its events: everything that a screen needs. */
export interface RunState {
  release: string;
  account: string;
  endpoint: string;
  /** Who the AMIs are shared with. */
  audience: Audience;
  regions: string[];
  /** Required targets that are neither selected nor verified: nothing is shared. */
  othersMissing?: number;
  /** In the order of the plan. */
  targets: TargetState[];
  /** In order of arrival. */
  warnings: string[];
  removed: { region: string; kind: string; id: string }[];
  /** AWS calls that fail and are repeated, newest last. */
  retrying: { operation: string; region: string; error: string; until: string }[];
  /** The notified channels, or in a rehearsal those that would be. */
  notified: { to: string; rehearsed?: string }[];
  /** How often the user asked to stop. */
  interrupted: number;
  /** Milliseconds since 1970. */
  startedAt?: number;
  endedAt?: number;
  result?: Result;
}

export interface TargetState {
  name: string;
  region: string;
  status: ShownStatus;
  ami?: string;
  why?: string;
  /** The target it is copied from. */
  copyFrom?: string;
  /** The current attempt, or the last one. */
  attempt?: { number: number; of: number; startedAt: number; log: string };
  /** What Packer or gopackgo is doing at the moment. */
  doing?: string;
  /** When the next attempt starts, in milliseconds since 1970, while the target waits for it. */
  retryAt?: number;
  error?: TargetError;
}

export const nothingYet: RunState = {
  release: '',
  account: '',
  endpoint: '',
  audience: { public: false, accounts: [], organizations: [] },
  regions: [],
  targets: [],
  warnings: [],
  removed: [],
  retrying: [],
  notified: [],
  interrupted: 0,
};

/** The state after one more event. Pure; an event about a target that is not in the plan changes nothing. */
export function after(state: RunState, event: RunEvent): RunState {
  const at = Date.parse(event.time);
  switch (event.type) {
    case 'planned': {
      const { release, account, endpoint, regions, accounts, organizations } = event;
      return {
        ...state,
        release,
        account,
        endpoint,
        audience: { public: event.public, accounts, organizations },
        regions,
        ...definedOnly({ othersMissing: event.othersMissing }),
        targets: event.targets.map(fromPlan),
        startedAt: at,
      };
    }
    case 'status':
      return updateTarget(state, event.target, (target) =>
        settle(target, event.status, event.ami, event.why),
      );
    case 'attempt-started':
      return updateTarget(
        state,
        event.target,
        ({ retryAt: _, error: __, doing: ___, why: ____, ...target }) => ({
          ...target,
          status: 'building',
          attempt: { number: event.attempt, of: event.of, startedAt: at, log: event.log },
        }),
      );
    case 'copy-started':
      return updateTarget(
        state,
        event.target,
        ({ retryAt: _, error: __, doing: ___, why: ____, ...target }) => ({
          ...target,
          status: 'pending',
          ami: event.ami,
          doing: `is copied from ${event.from}`,
        }),
      );
    case 'attempt-progress':
      return updateTarget(state, event.target, (target) => ({ ...target, doing: event.text }));
    case 'attempt-ended':
      return updateTarget(state, event.target, ({ doing: _, ...target }) => {
        const ended = { ...target, ...definedOnly({ ami: event.ami }) };
        if (event.error === undefined) return { ...ended, status: 'built' };
        const again = event.retryIn === undefined ? {} : { retryAt: at + event.retryIn * 1000 };
        return { ...ended, ...again, status: 'failed', error: event.error };
      });
    case 'waiting':
      return updateTarget(state, event.target, (target) => ({ ...target, doing: `waits for ${event.for}` }));
    case 'adopted':
      return updateTarget(state, event.target, (target) => settle(target, 'built', event.ami));
    case 'verified':
      return updateTarget(state, event.target, (target) => settle(target, 'verified', event.ami));
    case 'shared':
      return updateTarget(state, event.target, (target) =>
        settle(target, isNobody(event) ? 'verified' : 'shared', event.ami),
      );
    case 'removed': {
      const { region, kind, id } = event;
      return { ...state, removed: [...state.removed, { region, kind, id }] };
    }
    case 'warning': {
      const place = event.target ?? event.region;
      return {
        ...state,
        warnings: [...state.warnings, place === undefined ? event.text : `${place}: ${event.text}`],
      };
    }
    case 'retrying':
    case 'answered': {
      const { operation, region } = event;
      const others = state.retrying.filter((one) => one.operation !== operation || one.region !== region);
      if (event.type === 'answered') return { ...state, retrying: others };
      return {
        ...state,
        retrying: [...others, { operation, region, error: event.error, until: event.until }],
      };
    }
    case 'notified': {
      const { to, rehearsed } = event;
      return { ...state, notified: [...state.notified, { to, ...definedOnly({ rehearsed }) }] };
    }
    case 'interrupted':
      return { ...state, interrupted: event.count };
    case 'result':
      return event.targets.reduce(withResult, { ...state, result: event, endedAt: at });
  }
}

const fromPlan = ({ name, region, status, ami, why, copyFrom }: PlannedTarget): TargetState => ({
  name,
  region,
  status,
  ...definedOnly({ ami, why, copyFrom }),
});

/** The error stays until the target is built after all; the current activity stays until its status changes. */
function settle(target: TargetState, status: StatusName, ami?: string, why?: string): TargetState {
  const { doing, retryAt, error, why: _, ...rest } = target;
  const failing = isVerifiedStatus(status) || status === 'building' ? {} : definedOnly({ retryAt, error });
  const going = target.status === status ? definedOnly({ doing }) : {};
  return { ...rest, ...failing, ...going, ...definedOnly({ ami, why }), status };
}

const withResult = (state: RunState, { name, status, ami, error }: ResultTarget): RunState =>
  updateTarget(state, name, (target) => ({
    ...settle(target, status, ami, target.why),
    ...definedOnly({ error }),
  }));

const updateTarget = (state: RunState, name: string, by: (target: TargetState) => TargetState): RunState => ({
  ...state,
  targets: state.targets.map((target) => (target.name === name ? by(target) : target)),
});

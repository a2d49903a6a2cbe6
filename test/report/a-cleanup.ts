import type { CleanupPlan, PlannedAmi } from '../../src/model/events.ts';

/** An AMI to delete, unless overridden. */
export const planned = (changed: Partial<PlannedAmi> = {}): PlannedAmi => ({
  region: 'us-east-1',
  ami: 'ami-0123456789abcdef0',
  name: 'official 2.6.3 1404-pv',
  created: '2026-01-01T00:00:00.000Z',
  state: 'available',
  target: 'us-east-1-1404-pv',
  release: 'official@2.6.3',
  verdict: 'delete',
  reasons: [],
  snapshots: [],
  ...changed,
});

export const kept = (reason: string, said: string, changed: Partial<PlannedAmi> = {}): PlannedAmi =>
  planned({ verdict: 'keep', reasons: [{ reason, said }], ...changed });

export const plan = (changed: Partial<CleanupPlan> = {}): CleanupPlan => ({
  format: 2,
  publication: 'official',
  release: 'official@2.6.3',
  account: '123456789012',
  endpoint: 'aws',
  createdAt: '2026-07-01T00:00:00.000Z',
  asked: {
    only: [],
    except: [],
    keepLast: 0,
    adopt: false,
    includingShared: false,
    guardPeriod: 0,
    maxDeletions: 50,
    maxShare: 1,
    leftovers: false,
    orphanAge: 0,
  },
  regions: ['us-east-1'],
  amis: [],
  leftovers: [],
  unseen: [],
  ...changed,
});

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { EventBody, RecordOutcome, Result } from '../../src/model/events.ts';
import type { ReleasePlan } from '../../src/model/release-plan.ts';
import { baseTag, tagKeys } from '../../src/model/resource-names.ts';
import type { Verdict } from '../../src/observe/verify.ts';
import { readIds, recordIds } from '../../src/record/ids-file.ts';
import { idsFormat } from '../../src/record/ids-format.ts';
import { type Destination, record } from '../../src/record/record.ts';
import { renderIds } from '../../src/record/render.ts';
import { withRecords } from '../../src/record/result-with-record.ts';
import { result } from '../report/made-up.ts';
import { plan as aPlan, target } from '../support/embedded.ts';
import { entry } from './an-entry.ts';
import { writer } from './fixtures/writer.ts';

/** A target in each of two regions; the one in sa-east-1 may be missing if it is best-effort. */
const planWith = ({ bestEffort }: { bestEffort: boolean }): ReleasePlan => ({
  ...aPlan,
  targets: [target, { ...target, name: 'sa-east-1-2204-hvm', region: 'sa-east-1', required: !bestEffort }],
});

const complete = (plan: ReleasePlan, ...regions: string[]): Verdict[] =>
  plan.targets
    .filter(({ region }) => regions.includes(region))
    .map((one) => ({
      target: one,
      sighting: {} as Verdict['sighting'],
      status: {
        is: 'shared',
        ami: { id: `ami-0000000${one.region.length}`, tags: {} },
      } as unknown as Verdict['status'],
    }));

function destination(disk: typeof fs = fs): Destination {
  const folder = mkdtempSync(join(tmpdir(), 'record '));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const { region: _, id: __, ...kind } = entry();
  return {
    file: { path: join(folder, 'ami_ids.json'), shown: 'ami_ids.json' },
    format: idsFormat(new Map([[target.image, kind]])),
    writer,
    disk,
  };
}

async function recorded(plan: ReleasePlan, regions: string[], to: Destination) {
  const told: EventBody[] = [];
  const outcome = await record(plan, complete(plan, ...regions), to, (event) => void told.push(event));
  const warnings = told.map((event) => (event.type === 'warning' ? event.text : event.type));
  return { outcome, warnings };
}

const here = entry({ id: 'ami-00000009' });

describe('recording a release', () => {
  it('writes nothing while a required target is not complete', async () => {
    const to = destination();
    const { outcome } = await recorded(planWith({ bestEffort: false }), ['us-east-1'], to);
    expect(outcome).toEqual({ is: 'unchanged', file: 'ami_ids.json', missing: ['sa-east-1-2204-hvm'] });
    expect(() => readFileSync(to.file.path)).toThrow(/ENOENT/);
  });

  it('leaves out a missing best-effort target, and says where an earlier release stays listed for it', async () => {
    const to = destination();
    const plan = planWith({ bestEffort: true });
    const without = await recorded(plan, ['us-east-1'], to);
    expect(without).toEqual({
      outcome: { is: 'recorded', file: 'ami_ids.json', added: 1, replaced: 0, same: 0, earlier: [] },
      warnings: [],
    });
    const earlier = entry({ region: 'sa-east-1', id: 'ami-0000000e' });
    await recordIds(to.file, [earlier], writer, fs);
    const mixed = await recorded(plan, ['us-east-1'], to);
    expect(mixed.outcome).toMatchObject({ is: 'recorded', same: 1, earlier: ['sa-east-1-2204-hvm'] });
    expect(mixed.warnings).toEqual([expect.stringContaining('more than one release')]);
    expect(readFileSync(to.file.path, 'utf8')).toBe(renderIds([here, earlier]));
    const whole = await recorded(plan, ['us-east-1', 'sa-east-1'], to);
    expect(whole).toMatchObject({ outcome: { replaced: 1, same: 1, earlier: [] }, warnings: [] });
  });

  it.each<[base: string, listed: string | undefined]>([
    ['099720109477/ubuntu/images/hvm-ssd/ubuntu-focal-20.04-amd64-server-20250624', '2004'],
    [baseTag(target.base), '2204'],
    ['123456789012/golden 7', undefined],
  ])('lists an AMI of another recipe by its own base: %s', async (base, listed) => {
    const to = destination();
    const kept = complete(planWith({ bestEffort: false }), 'us-east-1').map((verdict) => ({
      ...verdict,
      status: {
        is: 'shared',
        mixed: true,
        ami: { id: 'ami-00000009', tags: { [tagKeys.base]: base } },
      } as unknown as Verdict['status'],
    }));
    const told: EventBody[] = [];
    await record(aPlan, kept, to, (event) => void told.push(event));
    expect(await readIds(to.file, fs)).toEqual(
      listed === undefined ? [] : [entry({ id: 'ami-00000009', release: listed })],
    );
    expect(told).toMatchObject(
      listed === undefined
        ? [{ type: 'warning', text: expect.stringContaining(`The AMIs of ${target.name} are not recorded`) }]
        : [],
    );
  });

  it('names every id if the file cannot be written, and records them the next time', async () => {
    const full = { ...fs, open: () => Promise.reject(new Error('ENOSPC: no space left on device')) };
    const to = destination(full);
    const plan = planWith({ bestEffort: false });
    const { outcome, warnings } = await recorded(plan, ['us-east-1', 'sa-east-1'], to);
    expect(outcome).toMatchObject({ is: 'failed', why: expect.stringContaining('ENOSPC') });
    expect(warnings.join()).toMatch(/us-east-1-2204-hvm ami-00000009, sa-east-1-2204-hvm ami-00000009/);
    const again = await recorded(plan, ['us-east-1', 'sa-east-1'], { ...to, disk: fs });
    expect(again.outcome).toMatchObject({ is: 'recorded', added: 2 });
  });
});

describe('the exit status', () => {
  const chosen = result().targets[0]?.name ?? '';
  const unchanged = (...missing: string[]): RecordOutcome => ({ is: 'unchanged', file: 'f', missing });
  it.each<[what: string, RecordOutcome | undefined, before: Result['exit'], exit: number, recorded: boolean]>(
    [
      ['stays without a file to record to', undefined, 0, 0, false],
      [
        'stays when the release is recorded, best effort regions missing or not',
        { is: 'recorded', file: 'f', added: 1, replaced: 0, same: 0, earlier: [] },
        3,
        3,
        true,
      ],
      ['stays when the selection left something out', unchanged(chosen, 'eu-west-1-2204-hvm'), 0, 0, false],
      ['is 1 when only the selection is incomplete', unchanged(chosen), 0, 1, false],
      ['is 1 when the file could not be written', { is: 'failed', file: 'f', why: 'ENOSPC' }, 0, 1, false],
      ['stays that of an interrupted run', { is: 'failed', file: 'f', why: 'ENOSPC' }, 130, 130, false],
    ],
  )('%s', (_what, outcome, before, exit, isRecorded) => {
    const after = withRecords(result({ exit: before }), outcome === undefined ? [] : [outcome]);
    expect([after.exit, after.recorded, after.record]).toEqual([exit, isRecorded, outcome]);
  });

  it('is 1 if one of several files could not be written', () => {
    const good: RecordOutcome = { is: 'recorded', file: 'f', added: 1, replaced: 0, same: 0, earlier: [] };
    const bad: RecordOutcome = { is: 'failed', file: 'g', why: 'ENOSPC' };
    const after = withRecords(result({ exit: 0 }), [good, bad]);
    expect(after).toMatchObject({ exit: 1, recorded: false, record: good, records: [good, bad] });
  });
});

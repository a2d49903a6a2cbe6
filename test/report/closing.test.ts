import { expect, it } from 'vitest';
import type { RecordOutcome } from '../../src/events.ts';
import { closingTable } from '../../src/report/closing.ts';
import { painter } from '../../src/report/paint.ts';
import { nothingYet } from '../../src/report/run-state.ts';
import { result } from './made-up.ts';

const file = 'ami_ids.json';

it.each<[RecordOutcome, line: string]>([
  [
    { is: 'recorded', file, added: 32, replaced: 32, same: 0, earlier: [] },
    '  recorded            ami_ids.json: 32 added, 32 replaced',
  ],
  [
    { is: 'recorded', file, added: 0, replaced: 1, same: 2, earlier: ['sa-east-1-1404-pv'] },
    '  recorded            ami_ids.json: 0 added, 1 replaced, 2 as they were, 1 of an earlier release',
  ],
  [
    { is: 'unchanged', file, missing: ['us-east-1-2404-hvm'] },
    '  not recorded        ami_ids.json is unchanged: 1 target not complete',
  ],
  [
    { is: 'failed', file, why: 'ENOSPC' },
    '  not recorded        ami_ids.json is unchanged: it could not be written',
  ],
])('says what became of the file of ids: %o', (record, line) => {
  const text = closingTable(result({ record }), nothingYet, 100, painter(false));
  expect(text.split('\n')).toContain(line);
});

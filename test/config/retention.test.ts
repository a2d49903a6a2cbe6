import { expect, it } from 'vitest';
import { least, read, refusal } from './a-config.ts';

it('"retireFor" needs another key that chooses AMIs', () => {
  const retention = { keepLast: 3, retireFor: '30d' };
  expect(read({ ...least, retention }).retention).toEqual(retention);
  expect(refusal(() => read({ ...least, retention: { retireFor: '30d' } })).join('\n')).toContain(
    'retention: expected "keepLast" or "olderThan" together with "retireFor", which chooses no AMIs, found "retireFor" alone',
  );
  expect(refusal(() => read({ ...least, retention: { keepLast: 1, retireFor: '30' } })).join('\n')).toContain(
    'retention.retireFor: expected a length of time',
  );
});

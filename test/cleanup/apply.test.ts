import { expect, it } from 'vitest';
import { createWorld } from '../../sandbox/testing/index.ts';
import { applyTo } from '../../src/cleanup/apply.ts';
import type { RegionLookupOptions } from '../../src/cleanup/lookup-and-decide.ts';
import { plan as aCleanup } from '../report/a-cleanup.ts';
import { plan, region, worldOn } from '../support/embedded.ts';
import { web } from '../support/removal-world.ts';
import * as stored from '../support/stored.ts';

it('says that a bucket that is not empty may contain other objects', async () => {
  const sandbox = createWorld();
  await stored.madeBucket(sandbox);
  await stored.uploadBundle(sandbox);
  sandbox.faults.add([{ on: 's3:DeleteObjects', times: 0, does: { error: 'AccessDenied', status: 403 } }]);
  const { account } = plan;
  const asked = { ...aCleanup().asked, leftovers: true, orphanAge: 86_400_000 };
  delete asked.olderThan;
  const of = { asked, recorded: new Set<string>(), now: Date.now() };
  const looking: RegionLookupOptions = { publication: web, account, of, atWork: new Set() };
  const about = { region, release: 'web@1.0.0', reason: '-' };
  const leftovers = [
    { ...about, kind: 'bundle' as const, id: `${stored.bucket}/${stored.prefix}` },
    { ...about, kind: 'bucket' as const, id: stored.bucket },
  ];
  const planned = { ...aCleanup(), account, amis: [], leftovers };
  const records = { write: async () => undefined };
  const done = await applyTo(region, planned, looking, records, worldOn(sandbox));
  expect(done.leftovers).toMatchObject([
    { kind: 'bundle', outcome: 'remains', why: expect.stringContaining('AccessDenied') },
    {
      kind: 'bucket',
      outcome: 'remains',
      why: 'a resource that it depends on remains, or it holds other objects',
    },
  ]);
});

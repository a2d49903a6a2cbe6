import { expect, it } from 'vitest';
import { cleanupResult } from '../../src/cleanup/result.ts';
import { cleanupTrouble } from '../../src/report/cleanup-result-table.ts';
import { cleanupTable } from '../../src/report/cleanup-table.ts';
import { kept, plan, planned } from './a-cleanup.ts';

const full = plan({
  amis: [
    planned({ snapshots: ['snap-1', 'snap-2'] }),
    planned({ ami: 'ami-0fffffffffffffff1', bundle: 'bucket/one.manifest.xml', adopted: true }),
    kept('shared', 'it is public: --including-shared takes it as well', { ami: 'ami-0fffffffffffffff2' }),
    kept('guard', 'a run deletes at most 50 AMIs in a region: --max-deletions', {
      ami: 'ami-0fffffffffffffff3',
    }),
    kept('not chosen', 'it is of official@2.6.4', { ami: 'ami-0fffffffffffffff4' }),
    kept('not ours', 'nothing shows that it is of this publication', { ami: 'ami-0fffffffffffffff5' }),
    kept('not ours', 'it belongs to shop@1.0.0', {
      ami: 'ami-0fffffffffffffff7',
      otherRelease: 'shop@1.0.0',
    }),
    kept('not ours', 'it is older than this tool', { ami: 'ami-0fffffffffffffff6', adopted: true }),
  ],
  leftovers: [
    {
      region: 'us-east-1',
      kind: 'key pair',
      id: 'gopackgo-official@2.6.3-us-east-1-1404-pv',
      reason: 'nobody is publishing official@2.6.3',
    },
  ],
  unseen: [{ region: 'eu-west-1', why: 'ec2:DescribeImages: RequestLimitExceeded: slow down' }],
});

it('shows deleted and kept AMIs, with reasons, dependents, guards, and regions that could not be looked up', () => {
  expect(cleanupTable(full, Number.POSITIVE_INFINITY)).toBe(
    `\
official@2.6.3 · account 123456789012 · 1 region
  TARGET             AMI                    RELEASE         NAME                      AGE  VERDICT  WHY
  us-east-1-1404-pv  ami-0123456789abcdef0  official@2.6.3  official 2.6.3 1404-pv  181 d  delete   with 2 snapshots
  us-east-1-1404-pv  ami-0fffffffffffffff1  official@2.6.3  official 2.6.3 1404-pv  181 d  delete   known by its name; with bundle bucket/one.manifest.xml
  us-east-1-1404-pv  ami-0fffffffffffffff2  official@2.6.3  official 2.6.3 1404-pv  181 d  keep     it is public: --including-shared takes it as well
  us-east-1-1404-pv  ami-0fffffffffffffff3  official@2.6.3  official 2.6.3 1404-pv  181 d  keep     a run deletes at most 50 AMIs in a region: --max-deletions
  LEFT BEHIND  REGION     ID                                         OF  WHY
  key pair     us-east-1  gopackgo-official@2.6.3-us-east-1-1404-pv  -   nobody is publishing official@2.6.3
  4 more AMIs kept: 1 of other publications, 2 not ours and 1 not chosen; --json lists them. 1 of them has a name of this publication: --adopt includes it
  ✖ eu-west-1: could not be looked up, nothing is deleted there: ec2:DescribeImages: RequestLimitExceeded: slow down
  ! 1 AMI kept only by a guard: --max-deletions and --max-share limit how much one run deletes
  to delete: 2 AMIs, 2 snapshots, 1 bundle and 1 leftover, and each bucket of gopackgo that is empty then
`,
  );
});

it.each([80, 200])('fits into %i columns, with every id and every verdict', (width) => {
  const lines = cleanupTable(full, width).trimEnd().split('\n');
  expect(lines.filter((line) => [...line].length > width)).toEqual([]);
  const rows = lines.filter((line) => /^ {2}us-.* ami-/.test(line));
  expect(rows.map((row) => /(ami-[0-9a-f]{17}) .*? (delete|keep) /.exec(row)?.slice(1))).toEqual([
    ['ami-0123456789abcdef0', 'delete'],
    ['ami-0fffffffffffffff1', 'delete'],
    ['ami-0fffffffffffffff2', 'keep'],
    ['ami-0fffffffffffffff3', 'keep'],
  ]);
});

it('repeats cut texts completely below a narrow table, each text once', () => {
  const said = 'it is public: --including-shared takes it as well';
  const three = [1, 2, 3].map((at) => kept('shared', said, { ami: `ami-0fffffffffffffff${at}` }));
  const shown = cleanupTable(plan({ amis: [...three, planned({ snapshots: ['snap-1'] })] }), 80);
  const [, , ...lines] = shown.trimEnd().split('\n');
  expect(lines.slice(4)).toEqual([
    '  not shown in 80 columns: RELEASE, NAME',
    '    ami-0fffffffffffffff1 and 2 others: it is public: --including-shared takes',
    '      it as well',
    '  to delete: 1 AMI and 1 snapshot',
  ]);
});

it('always shows completely why a leftover is deleted', () => {
  const why = 'it carries the mark of a cleanup that ended, and holds nothing of this publication any more';
  const left = { kind: 'bucket' as const, region: 'us-east-1', id: 'team-images', reason: why };
  const shown = cleanupTable(plan({ leftovers: [left, { ...left, id: 'team-others' }] }), 80);
  expect(shown.replaceAll(/\s+/g, ' ')).toContain(`team-images and 1 other: ${why}`);
});

it('says if a release has no AMIs, since its version may be mistyped', () => {
  expect(cleanupTable(plan({ amis: [] }), 120)).toContain('there is no AMI of official@2.6.3\n');
  expect(cleanupTable(plan({ amis: [planned()] }), 120)).not.toContain('there is no AMI');
  expect(
    cleanupTable(plan({ amis: [], unseen: [{ region: 'us-east-1', why: 'no answer' }] }), 120),
  ).not.toContain('there is no AMI');
});

it('says once at the end what a guard kept, region by region', () => {
  const said = 'a run deletes at most 1 AMIs in a region: --max-deletions';
  const held = ['us-east-1', 'us-east-1', 'eu-west-1'].map((region, at) =>
    kept('guard', said, { region, ami: `ami-0fffffffffffffff${at}` }),
  );
  const result = cleanupResult(plan({ amis: held }), {
    applied: true,
    stopped: false,
    regions: new Map(),
    folder: 'nowhere',
  });
  expect(cleanupTrouble(result, 200).trimEnd().split('\n')).toEqual([
    `! us-east-1 ami-0fffffffffffffff0 and 1 other  ${said}`,
    `! eu-west-1 ami-0fffffffffffffff2  ${said}`,
    'exit status 1',
  ]);
});

it('shows whose protection is turned off, before it is deleted or a day earlier', () => {
  const amis = [
    planned({ snapshots: ['snap-1'], protection: 'enabled-without-cooldown' }),
    planned({ ami: 'ami-0fffffffffffffff1', verdict: 'unprotect', protection: 'enabled-with-cooldown' }),
  ];
  const lines = cleanupTable(plan({ amis }), Number.POSITIVE_INFINITY).trimEnd().split('\n').slice(2);
  expect(lines).toEqual([
    expect.stringMatching(/ delete +with 1 snapshot; its protection is turned off first$/),
    expect.stringMatching(/ unprotect +its protection has a cooldown: it can be deleted 24 hours after/),
    '  to delete: 1 AMI and 1 snapshot',
    '  to turn off: the protection of 1 AMI, which a cleanup after 24 hours can delete',
  ]);
});

it('shows retired AMIs, and the earlier state of a release', () => {
  const amis = [
    planned({ verdict: 'retire', notes: ['superseded since 2026-05-01'] }),
    planned({ ami: 'ami-0fffffffffffffff1', notes: ['yanked on 2026-05-02: it opens a port'] }),
  ];
  const lines = cleanupTable(plan({ amis }), Number.POSITIVE_INFINITY).trimEnd().split('\n').slice(2);
  expect(lines).toEqual([
    expect.stringMatching(/ retire +made private and disabled; superseded since 2026-05-01$/),
    expect.stringMatching(/ delete +alone; yanked on 2026-05-02: it opens a port$/),
    '  to delete: 1 AMI',
    '  to retire: 1 AMI, which is private and disabled then, and deleted later',
  ]);
});

it('counts AMIs that were not requested, as "more" only if others are listed', () => {
  const shown = cleanupTable(plan({ amis: [kept('not chosen', 'it is of official@2.6.4')] }), 200);
  expect(shown).toContain('  1 AMI kept: 1 not chosen; --json lists them\n');
});

it('lets no text from AWS move the cursor', () => {
  const text = cleanupTable(plan({ amis: [planned({ name: 'web\u001b[2J\nami-1 delete' })] }), 200);
  expect(text).not.toContain('\u001b');
  expect(text.split('\n')).toHaveLength(5);
});

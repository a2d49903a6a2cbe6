import { expect, it } from 'vitest';
import { asLeftovers } from '../../src/cleanup/decide-region.ts';
import { withTargets } from '../../src/cleanup/lookup-and-decide.ts';
import { okLookup } from '../../src/model/lookup.ts';
import { plan } from '../report/a-cleanup.ts';

it('knows the target of an AMI that a killed run deregistered, so that the same --only resumes it', () => {
  const region = 'us-east-1';
  const removal = {
    ami: 'ami-0123456789abcdef0',
    region,
    release: 'official@2.6.3',
    target: 'us-east-1-1204-pv',
    snapshots: ['snap-0123456789abcdef0'],
  };
  const lookup = okLookup({
    inventory: { region, amis: [] },
    interrupted: { removals: [removal], buckets: [] },
    leftovers: [],
  });
  const of = { asked: plan().asked, recorded: new Set<string>(), now: 0 };
  let known: readonly { name: string; image: string }[] = [];
  withTargets(
    of,
    (targets) => {
      known = targets;
      return undefined;
    },
    [{ region, lookup }],
  );
  expect(known).toEqual([{ name: 'us-east-1-1204-pv', region, image: '1204-pv' }]);
});

it('says whether a bucket that a killed run did not reach may be deleted', () => {
  const bucket = { release: 'official@2.6.3', region: 'us-east-1' };
  const buckets = [
    { ...bucket, name: 'gopackgo-official', ours: true },
    { ...bucket, name: 'somebodys', ours: false },
  ];
  expect(asLeftovers({ removals: [], buckets }).map(({ id, reason }) => [id, reason])).toEqual([
    ['gopackgo-official', expect.stringContaining('it is deleted if it is empty afterwards')],
    ['somebodys', expect.stringContaining('it is kept, and only loses the tag')],
  ]);
});

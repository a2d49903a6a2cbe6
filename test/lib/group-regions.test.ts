import { expect, it } from 'vitest';
import { judgeKmsKey } from '../../src/checks/kms-key.ts';
import { groupRegions, type RegionalTrouble } from '../../src/lib/group-regions.ts';
import { okLookup } from '../../src/model/lookup.ts';

const regions = ['us-east-1', 'eu-west-1'];

it('writes a finding in several regions as text; only a command contains a shell variable', () => {
  const troubles = regions.map(
    (region) =>
      judgeKmsKey(region, 'alias/images', okLookup(undefined), {
        check: 'KMS key',
        region,
        place: 'configs/web.json: encryption.kmsKey',
        targets: [],
      }) as RegionalTrouble,
  );
  expect(groupRegions(troubles)).toEqual([
    {
      regions,
      said:
        'configs/web.json: encryption.kmsKey: KMS key, in 2 regions: expected a KMS key of the region that is enabled, ' +
        'and that EBS can encrypt with, found alias/images, which the region does not have',
      todo:
        'Create it there, or use another. List the aliases: ' +
        'for region in us-east-1 eu-west-1; do aws kms list-aliases --region "$region"; done',
    },
  ]);
});

it('names the region within other text as a config does', () => {
  const troubles = regions.map((region) => ({
    region,
    check: 'zone',
    expected: `a zone of ${region}`,
    found: `"${region}z" at arn:aws:kms:${region}:123456789012:key/1`,
    todo: `Set "regions": {"${region}": …}`,
  }));
  expect(groupRegions(troubles)).toMatchObject([
    {
      said: 'zone, in 2 regions: expected a zone of the region, found "{region}z" at arn:aws:kms:{region}:123456789012:key/1',
      todo: 'In us-east-1 eu-west-1: Set "regions": {"{region}": …}',
    },
  ]);
});

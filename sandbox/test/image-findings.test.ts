import {
  CopyImageCommand,
  DescribeImagesCommand,
  EnableAllowedImagesSettingsCommand,
  GetImageFindingsCommand,
  type ImageCriterionRequest,
  ReplaceImageCriteriaInAllowedImagesSettingsCommand,
} from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import { canonicalImage, createWorld, defaultAccount, errorOf, otherAccount } from '../testing/index.ts';

const scanned = 'ami-00000000000000001';
const clean = 'ami-00000000000000002';
const marked = 'ami-00000000000000003';
const findings = [
  {
    title: 'CVE-2026-0001 - openssl',
    severity: 'high' as const,
    score: 7.5,
    fixAvailableSince: '2026-11-01T00:00:00Z',
    paths: ['usr/lib64/libssl.so'],
  },
  { title: 'CVE-2026-0002 - openssl', severity: 'high' as const, fixAvailableSince: '2026-10-01T00:00:00Z' },
  { title: 'CVE-2026-0003 - bash', severity: 'medium' as const },
];

/** Images of the other account, shared with this one: Allowed AMIs always allow an account's own. */
const worldOfScans = () => {
  const of = { owner: otherAccount.id, createdAt: '2026-09-01T00:00:00Z' };
  const scannedAt = '2026-11-20T00:00:00Z';
  return createWorld({
    behaviour: {
      accounts: [
        {
          account: defaultAccount.id,
          region: 'us-east-1',
          images: [
            { ...of, id: scanned, name: 'scanned', scan: { scannedAt, findings } },
            { ...of, id: clean, name: 'clean', scan: { scannedAt } },
            { ...of, id: marked, name: 'marked', watermarks: [`${otherAccount.id}:approved`] },
          ],
        },
      ],
    },
  });
};

/** ScanResults and the filters `scan-result.…` of DescribeImages, EC2 API reference. */
test("Inspector's findings in an image are shown to everybody who may use it, and used by filters; copies have none", async () => {
  const world = worldOfScans();
  const ec2 = world.ec2();
  const { Images } = await ec2.send(
    new DescribeImagesCommand({
      Filters: [
        { Name: 'scan-result.highest-finding-severity-label', Values: ['high'] },
        { Name: 'scan-result.high-fix-available-since', Values: ['2026-10-01*'] },
        { Name: 'scan-result.finding-scan-date', Values: ['2026-11-20T00:00:00.000Z'] },
      ],
    }),
  );
  expect(Images).toMatchObject([
    {
      ImageId: scanned,
      ScanResults: {
        HighestFindingSeverityLabel: 'high',
        FindingScanDate: new Date('2026-11-20T00:00:00Z'),
        HighFixAvailableSince: new Date('2026-10-01T00:00:00Z'),
      },
    },
  ]);
  expect(Images?.[0]?.ScanResults).not.toHaveProperty('MediumFixAvailableSince');
  const { Images: ofClean } = await ec2.send(new DescribeImagesCommand({ ImageIds: [clean] }));
  expect(ofClean?.[0]?.ScanResults).toEqual({ FindingScanDate: new Date('2026-11-20T00:00:00Z') });
  const copy = { Name: 'copy', SourceImageId: scanned, SourceRegion: 'us-east-1' };
  const { ImageId = '' } = await ec2.send(new CopyImageCommand(copy));
  const { Images: copies } = await ec2.send(new DescribeImagesCommand({ ImageIds: [ImageId] }));
  expect(copies?.[0]).not.toHaveProperty('ScanResults');
});

test("findings come in pages, with none for an unscanned image, and only for the account's own images", async () => {
  const world = worldOfScans();
  const ec2 = world.ec2();
  const first = await ec2.send(new GetImageFindingsCommand({ ImageId: scanned, MaxResults: 2 }));
  expect(first.ImageFindings).toMatchObject([
    { Title: 'CVE-2026-0001 - openssl', Score: 7.5, FixAvailable: true, Paths: ['usr/lib64/libssl.so'] },
    { Title: 'CVE-2026-0002 - openssl', Score: 7, SeverityLabel: 'high' },
  ]);
  const { NextToken } = first;
  const second = await ec2.send(new GetImageFindingsCommand({ ImageId: scanned, MaxResults: 2, NextToken }));
  expect(second.ImageFindings).toMatchObject([{ SeverityLabel: 'medium', FixAvailable: false }]);
  expect(second).not.toHaveProperty('NextToken');
  const none = await ec2.send(new GetImageFindingsCommand({ ImageId: await canonicalImage(world) }));
  expect(none.ImageFindings).toEqual([]);
  const elsewhere = world.ec2({ region: 'us-west-2' });
  expect(await errorOf(elsewhere.send(new GetImageFindingsCommand({ ImageId: scanned })))).toBe(
    'InvalidAMIID.NotFound',
  );
});

/** ScanResultCondition and ImageWatermarkFilterRequest, EC2 API reference. */
test.each<[string, ImageCriterionRequest, string[]]>([
  ['any severity', { ScanResultCondition: { MaximumSeverityLabel: 'critical' } }, [scanned, clean]],
  ['nothing above medium', { ScanResultCondition: { MaximumSeverityLabel: 'medium' } }, [clean]],
  ['a fix of a month at most', { ScanResultCondition: { MaxDaysSinceHighFixAvailable: 20 } }, [clean]],
  ['a watermark', { ImageWatermarks: [{ WatermarkKey: '*:approved' }] }, [marked]],
  ['a watermark of another region', { ImageWatermarks: [{ SourceImageRegion: 'eu-*' }] }, []],
])('Allowed AMIs may require %s', async (_, criterion, allowed) => {
  const world = worldOfScans();
  const ec2 = world.ec2();
  const ImageCriteria = [criterion];
  await ec2.send(new ReplaceImageCriteriaInAllowedImagesSettingsCommand({ ImageCriteria }));
  await ec2.send(new EnableAllowedImagesSettingsCommand({ AllowedImagesSettingsState: 'enabled' }));
  const { Images = [] } = await ec2.send(new DescribeImagesCommand({ Owners: [otherAccount.id] }));
  expect(Images.map(({ ImageId }) => ImageId).sort()).toEqual(allowed);
});

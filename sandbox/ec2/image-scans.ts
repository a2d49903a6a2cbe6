import type { ScanResultCondition, ScanResults } from '@aws-sdk/client-ec2';
import type { ImageFindingRecord, ImageRecord } from '../model/records.ts';
import type { Fields } from './filters.ts';

const severities = ['informational', 'low', 'medium', 'high', 'critical'] as const;
type Severity = (typeof severities)[number];

const day = 24 * 3_600_000;

const highestOf = (findings: readonly ImageFindingRecord[]): Severity | undefined =>
  severities.findLast((severity) => findings.some((finding) => finding.severity === severity));

/** The date of the first available fix of a severity. */
const fixSince = ({ scan }: ImageRecord, severity: Severity): string | undefined =>
  scan?.findings
    .flatMap((finding) => (finding.severity === severity ? (finding.fixAvailableSince ?? []) : []))
    .sort()[0];

const asDate = (time: string | undefined): Date | undefined =>
  time === undefined ? undefined : new Date(time);

/** Amazon Inspector's findings, as shown to every account that may use the image; nothing if it was not scanned. */
export const scanResultsView = (image: ImageRecord): ScanResults | undefined =>
  image.scan && {
    HighestFindingSeverityLabel: highestOf(image.scan.findings),
    FindingScanDate: new Date(image.scan.scannedAt),
    InformationalFixAvailableSince: asDate(fixSince(image, 'informational')),
    LowFixAvailableSince: asDate(fixSince(image, 'low')),
    MediumFixAvailableSince: asDate(fixSince(image, 'medium')),
    HighFixAvailableSince: asDate(fixSince(image, 'high')),
    CriticalFixAvailableSince: asDate(fixSince(image, 'critical')),
  };

const written = (time: string | undefined): string | undefined => asDate(time)?.toISOString();

/** The filters of DescribeImages for scan results. */
export const scanFields: Fields<ImageRecord> = {
  'scan-result.critical-fix-available-since': (image) => written(fixSince(image, 'critical')),
  'scan-result.finding-scan-date': ({ scan }) => written(scan?.scannedAt),
  'scan-result.high-fix-available-since': (image) => written(fixSince(image, 'high')),
  'scan-result.highest-finding-severity-label': ({ scan }) => highestOf(scan?.findings ?? []),
  'scan-result.informational-fix-available-since': (image) => written(fixSince(image, 'informational')),
  'scan-result.low-fix-available-since': (image) => written(fixSince(image, 'low')),
  'scan-result.medium-fix-available-since': (image) => written(fixSince(image, 'medium')),
};

/**
 * Whether an image's scan meets a condition of Allowed AMIs; an image that was not scanned does not (ScanResultCondition, EC2
 * API reference).
 */
export const meetsScanCondition = (
  image: ImageRecord,
  condition: ScanResultCondition,
  now: Date,
): boolean => {
  const { scan } = image;
  if (!scan) return false;
  const isWithin = (days: number | undefined, time: string | undefined) =>
    days === undefined || time === undefined || now.getTime() - Date.parse(time) <= days * day;
  const highest = highestOf(scan.findings);
  const most = condition.MaximumSeverityLabel;
  const {
    MaxDaysSinceInformationalFixAvailable: informational,
    MaxDaysSinceLowFixAvailable: low,
    MaxDaysSinceMediumFixAvailable: medium,
    MaxDaysSinceHighFixAvailable: high,
    MaxDaysSinceCriticalFixAvailable: critical,
  } = condition;
  const days: Record<Severity, number | undefined> = { informational, low, medium, high, critical };
  return (
    (!most || !highest || severities.indexOf(highest) <= severities.indexOf(most)) &&
    isWithin(condition.MaxDaysSinceLastFindingScan, scan.scannedAt) &&
    severities.every((severity) => isWithin(days[severity], fixSince(image, severity)))
  );
};

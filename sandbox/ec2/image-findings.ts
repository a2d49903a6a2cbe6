import type { GetImageFindingsRequest, GetImageFindingsResult, ImageFinding } from '@aws-sdk/client-ec2';
import { type Operation, operation } from '../calls/operation.ts';
import { pageOf } from '../calls/pages.ts';
import { lookUp } from '../model/identifiers.ts';
import type { ImageFindingRecord, ImageRecord } from '../model/records.ts';
import { anyImage, isVisible } from './image-records.ts';

/** The lowest CVSS score of each severity (ScanResults, EC2 API reference), for findings that name no score. */
const lowestScores: Record<ImageFindingRecord['severity'], number> = {
  informational: 0,
  low: 0.1,
  medium: 4,
  high: 7,
  critical: 9,
};

const view = (image: ImageRecord, finding: ImageFindingRecord): ImageFinding => ({
  FixAvailable: finding.fixAvailableSince !== undefined,
  Score: finding.score ?? lowestScores[finding.severity],
  FirstObservedAt: new Date(finding.firstObservedAt ?? image.scan?.scannedAt ?? image.createdAt),
  UpdatedAt: image.scan && new Date(image.scan.scannedAt),
  Title: finding.title,
  Paths: finding.paths ?? [],
  SeverityLabel: finding.severity,
  SnapshotId: image.devices.find(({ device }) => device === image.rootDeviceName)?.ebs?.snapshot,
});

export const imageFindingOperations: Record<string, Operation> = {
  /**
   * "You can get findings for AMIs that you own, AMIs that are shared with you, and public AMIs. Amazon Inspector returns findings
   * only for AMIs that it has scanned."
   */
  GetImageFindings: operation<GetImageFindingsRequest, GetImageFindingsResult>(
    ['ImageId', 'MaxResults', 'NextToken'],
    (context, input) => {
      const image = lookUp('ami', input.ImageId ?? '', (id) => {
        const found = context.sees(id) ? anyImage(context, id) : undefined;
        return found && isVisible(context, found) ? found : undefined;
      });
      const numbered = (image.scan?.findings ?? []).map((finding, index) => ({
        id: String(index).padStart(5, '0'),
        finding,
      }));
      const { items, next } = pageOf('GetImageFindings', numbered, ({ id }) => id, input, { least: 1 });
      return { ImageFindings: items.map(({ finding }) => view(image, finding)), NextToken: next };
    },
  ),
};

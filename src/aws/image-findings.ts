import { paginateGetImageFindings } from '@aws-sdk/client-ec2';
import { definedOnly } from '../lib/defined-only.ts';
import type { Lookup } from '../model/lookup.ts';
import { ask } from './ask.ts';
import type { Clients } from './connection.ts';
import { everyPage } from './pagination.ts';

/** What Amazon Inspector found in an AMI. */
export interface ImageFinding {
  title: string;
  /** EC2's value: `informational`, `low`, `medium`, `high`, `critical`. */
  severity: string;
  score?: number;
  firstObservedAt?: string;
  hasFix: boolean;
  paths: string[];
}

/** What Amazon Inspector found in an AMI that this account may use; nothing where it was not scanned (GetImageFindings). */
export function findingsOfImage(
  clients: Clients,
  region: string,
  image: string,
): Promise<Lookup<ImageFinding[]>> {
  return ask('ec2:GetImageFindings', region, async () => {
    const found: ImageFinding[] = [];
    const pages = paginateGetImageFindings({ client: clients.ec2(region) }, { ImageId: image });
    for await (const page of everyPage(pages)) {
      for (const finding of page.ImageFindings ?? []) {
        found.push({
          title: finding.Title ?? '',
          severity: finding.SeverityLabel ?? '',
          hasFix: finding.FixAvailable === true,
          paths: finding.Paths ?? [],
          ...definedOnly({
            score: finding.Score,
            firstObservedAt: finding.FirstObservedAt?.toISOString(),
          }),
        });
      }
    }
    return found;
  });
}

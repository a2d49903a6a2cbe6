import {
  CreateImageUsageReportCommand,
  DeleteImageUsageReportCommand,
  paginateDescribeImageUsageReportEntries,
  paginateDescribeImageUsageReports,
} from '@aws-sdk/client-ec2';
import { definedOnly } from '../lib/defined-only.ts';
import type { Lookup } from '../model/lookup.ts';
import { ask, inParts, orGone } from './ask.ts';
import type { Clients } from './connection.ts';
import { everyPage } from './pagination.ts';

/** A report on who uses an AMI, which EC2 creates on request ("View your AMI usage", Amazon EC2 User Guide). */
export interface UsageReport {
  id: string;
  image: string;
  /** `pending`, `available`, `error`; EC2's value. */
  state: string;
  why?: string;
}

/** How many resources of one kind an account has that use an AMI. */
export interface UsageEntry {
  image: string;
  account: string;
  /** `ec2:Instance`, `ec2:LaunchTemplate`. */
  type: string;
  count: number;
}

const resourceTypes = [{ ResourceType: 'ec2:Instance' }, { ResourceType: 'ec2:LaunchTemplate' }];

/** Reports and images per call (DescribeImageUsageReports, `ReportId.N`, `ImageId.N`). */
const mostNamed = 200;

/** Requests a report on the instances and launch templates of all accounts. The SDK gives each call a client token. */
export function createUsageReport(
  clients: Clients,
  region: string,
  image: string,
  tags: Readonly<Record<string, string>>,
): Promise<Lookup<string>> {
  return ask('ec2:CreateImageUsageReport', region, async () => {
    const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    const { ReportId } = await clients.ec2(region).send(
      new CreateImageUsageReportCommand({
        ImageId: image,
        ResourceTypes: resourceTypes,
        TagSpecifications: [{ ResourceType: 'image-usage-report', Tags }],
      }),
    );
    if (!ReportId) throw new Error('EC2 named no report');
    return ReportId;
  });
}

/** The reports on images that have a tag with this key, whatever its value. */
export function findUsageReports(
  clients: Clients,
  region: string,
  images: readonly string[],
  tag: string,
): Promise<Lookup<UsageReport[]>> {
  return ask('ec2:DescribeImageUsageReports', region, async () => {
    const found: UsageReport[] = [];
    for (const ImageIds of inParts(images, mostNamed)) {
      const Filters = [{ Name: `tag:${tag}`, Values: ['*'] }];
      const pages = paginateDescribeImageUsageReports({ client: clients.ec2(region) }, { ImageIds, Filters });
      for await (const page of everyPage(pages)) {
        for (const { ReportId = '', ImageId = '', State = '', StateReason } of page.ImageUsageReports ?? [])
          found.push({ id: ReportId, image: ImageId, state: State, ...definedOnly({ why: StateReason }) });
      }
    }
    return found;
  });
}

/** The entries of finished reports. */
export function usageEntries(
  clients: Clients,
  region: string,
  reports: readonly string[],
): Promise<Lookup<UsageEntry[]>> {
  return ask('ec2:DescribeImageUsageReportEntries', region, async () => {
    const found: UsageEntry[] = [];
    for (const ReportIds of inParts(reports, mostNamed)) {
      const pages = paginateDescribeImageUsageReportEntries({ client: clients.ec2(region) }, { ReportIds });
      for await (const page of everyPage(pages)) {
        for (const one of page.ImageUsageReportEntries ?? [])
          found.push({
            image: one.ImageId ?? '',
            account: one.AccountId ?? '',
            type: one.ResourceType ?? '',
            count: one.UsageCount ?? 0,
          });
      }
    }
    return found;
  });
}

/** Deletes a report. One that is already gone is not an error. */
export async function deleteUsageReport(clients: Clients, region: string, id: string): Promise<Lookup<void>> {
  return orGone(
    await ask('ec2:DeleteImageUsageReport', region, () =>
      clients.ec2(region).send(new DeleteImageUsageReportCommand({ ReportId: id })),
    ),
  );
}

import type { BaseFilter } from './publication.ts';
import type { Base, Expectation } from './release-plan.ts';

/** Canonical's account (Canonical, "Find Ubuntu images with AWS CLI"). */
const canonical = '099720109477';

type Kind = Pick<Expectation, 'architecture' | 'virtualization' | 'rootDevice'>;

/**
 * The SSM parameter under which Canonical publishes the newest stable image of an Ubuntu release; it may not exist. Source: Canonical, "Find Ubuntu images with AWS CLI": the volume type is `ebs-gp3` from 23.10 on, `ebs-gp2`
 * before; `instance-store` for older releases.
 *
 * @param release as in a config: `2204`, or `22.04`.
 */
export function ubuntuParameter(release: string, { architecture, virtualization, rootDevice }: Kind): string {
  const version = withDot(release);
  const volume = rootDevice === 'ebs' ? `ebs-${volumeType(version)}` : rootDevice;
  const short = virtualization === 'paravirtual' ? 'pv' : virtualization;
  return `/aws/service/canonical/ubuntu/server/${version}/stable/current/${debian(architecture)}/${short}/${volume}/ami-id`;
}

/**
 * The filters of DescribeImages that find Canonical's released images of an Ubuntu release, whatever their age. Daily,
 * milestone, minimal and Pro images have names with other prefixes (`ubuntu/images-testing/…`, `ubuntu-minimal/…`), and
 * so have those on other volume types (`hvm-io1`, `ebs`). A serial is a date, optionally followed by `.1`.
 *
 * Source of the names: DescribeImages for Canonical's account and, for instance-store, the acceptance tests of
 * Terraform's `aws_ami` (`hvm-instance`) and the manifest paths in the metadata of such instances (no folder).
 */
export function ubuntuFilter(
  release: string,
  { architecture, virtualization, rootDevice }: Kind,
): BaseFilter {
  const version = withDot(release);
  const name = `ubuntu/images/${folder(version, { virtualization, rootDevice })}ubuntu-*-${version}-${debian(architecture)}-server-????????`;
  return { owners: [canonical], filters: { name: [name, `${name}.*`] } };
}

/** The Ubuntu release of a Canonical image, from its name: `14.04`. Undefined if the name does not tell. */
export function ubuntuRelease({ owner, name }: Pick<Base, 'owner' | 'name'>): string | undefined {
  return owner === canonical ? /\/ubuntu-[a-z]+-(\d\d\.\d\d)-/.exec(name)?.[1] : undefined;
}

function folder(
  version: string,
  { virtualization, rootDevice }: Pick<Kind, 'virtualization' | 'rootDevice'>,
): string {
  const isHvm = virtualization === 'hvm';
  if (rootDevice === 'instance-store') return isHvm ? 'hvm-instance/' : '';
  const ssd = volumeType(version) === 'gp3' ? 'ssd-gp3' : 'ssd';
  return `${isHvm ? 'hvm' : 'ebs'}-${ssd}/`;
}

const withDot = (release: string): string =>
  release.includes('.') ? release : `${release.slice(0, 2)}.${release.slice(2)}`;

const volumeType = (version: string): 'gp2' | 'gp3' => (Number(version) >= 23.1 ? 'gp3' : 'gp2');

const debian = (architecture: string): string => (architecture === 'x86_64' ? 'amd64' : architecture);

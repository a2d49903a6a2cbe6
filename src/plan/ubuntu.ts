/**
 * The SSM parameter under which Canonical publishes the newest stable image of an Ubuntu release.
 * Source: Canonical, "Find Ubuntu images with AWS CLI": the volume type is `ebs-gp3` from 23.10 on, `ebs-gp2` before.
 *
 * @param release as in a config: `2204`, or `22.04`.
 * @param architecture EC2's word: `x86_64`, `arm64`.
 */
export function ubuntuParameter(release: string, architecture: string, virtualization: string): string {
  const version = release.includes('.') ? release : `${release.slice(0, 2)}.${release.slice(2)}`;
  const volume = Number(version) >= 23.1 ? 'ebs-gp3' : 'ebs-gp2';
  const arch = architecture === 'x86_64' ? 'amd64' : architecture;
  return `/aws/service/canonical/ubuntu/server/${version}/stable/current/${arch}/${virtualization}/${volume}/ami-id`;
}

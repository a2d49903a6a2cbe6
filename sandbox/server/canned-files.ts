import type { Ubuntu } from '../model/contract.ts';

/**
 * Files that a freshly started instance has, by path, as far as anybody asks for them: deployment tools read which
 * system they are on. Empty for an image of which that is not known.
 */
export function cannedFiles(ubuntu: Ubuntu | undefined): Record<string, string> {
  if (ubuntu === undefined) return {};
  const release = osRelease(ubuntu);
  return {
    '/etc/os-release': release,
    '/usr/lib/os-release': release,
    '/etc/lsb-release': lsbRelease(ubuntu),
  };
}

/** The keys of os-release(5) that Ubuntu writes; the pretty names are without the point release and the animal. */
const osRelease = ({ version, codename }: Ubuntu): string => `PRETTY_NAME="Ubuntu ${version} LTS"
NAME="Ubuntu"
VERSION_ID="${version}"
VERSION="${version} LTS"
VERSION_CODENAME=${codename}
ID=ubuntu
ID_LIKE=debian
HOME_URL="https://www.ubuntu.com/"
SUPPORT_URL="https://help.ubuntu.com/"
BUG_REPORT_URL="https://bugs.launchpad.net/ubuntu/"
UBUNTU_CODENAME=${codename}
`;

const lsbRelease = ({ version, codename }: Ubuntu): string => `DISTRIB_ID=Ubuntu
DISTRIB_RELEASE=${version}
DISTRIB_CODENAME=${codename}
DISTRIB_DESCRIPTION="Ubuntu ${version} LTS"
`;

/** Folders that every Ubuntu has (file-hierarchy(7)), before anything is uploaded. */
export const cannedFolders = [
  '/',
  '/boot',
  '/etc',
  '/etc/apt',
  '/etc/cron.d',
  '/etc/default',
  '/etc/profile.d',
  '/etc/ssh',
  '/etc/sudoers.d',
  '/etc/sysctl.d',
  '/etc/systemd',
  '/etc/systemd/system',
  '/home',
  '/home/ubuntu',
  '/lib',
  '/media',
  '/mnt',
  '/opt',
  '/root',
  '/run',
  '/srv',
  '/tmp',
  '/usr',
  '/usr/bin',
  '/usr/lib',
  '/usr/local',
  '/usr/local/bin',
  '/usr/local/etc',
  '/usr/local/lib',
  '/usr/local/sbin',
  '/usr/local/share',
  '/usr/sbin',
  '/usr/share',
  '/var',
  '/var/cache',
  '/var/lib',
  '/var/log',
  '/var/tmp',
];

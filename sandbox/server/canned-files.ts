import type { Ubuntu } from '../model/contract.ts';

/**
 * Files on a newly started instance, by path, as far as programs ask for them: deployment tools read the release of the system.
 * Empty for an image of unknown release.
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

/** Ubuntu's os-release(5) keys; the pretty names lack the point release and the animal. */
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

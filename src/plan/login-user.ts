import type { Json } from '../model/publication.ts';
import type { Base } from '../model/release-plan.ts';

/** A publisher of images, by account, with the login user of its images; for some of its images, by their name. */
interface Publisher {
  owner: string;
  user: string;
  named?: RegExp;
}

/**
 * Sources: "Manage system users on your Amazon EC2 Linux instance" (EC2 User Guide), and each publisher's page on its
 * images: ubuntu.com/aws, wiki.debian.org/Cloud/AmazonEC2Image, flatcar.org ("Running on AWS EC2"),
 * rockylinux.org/download, wiki.almalinux.org/cloud/AWS, fedoraproject.org/cloud, centos.org/download/aws-images,
 * Oracle's and SUSE's pages on AWS; ECS and EKS: "Amazon ECS-optimized Linux AMIs", "Amazon EKS optimized AMIs".
 */
const publishers: readonly Publisher[] = [
  { owner: '099720109477', user: 'ubuntu' },
  { owner: '137112412989', user: 'ec2-user', named: /^(al20\d\d-|amzn)/ },
  { owner: '591542846629', user: 'ec2-user', named: /^(al20\d\d-|amzn)/ },
  { owner: '602401143452', user: 'ec2-user', named: /^amazon-eks-(arm64-|gpu-)?node-/ },
  { owner: '136693071363', user: 'admin', named: /^debian-/ },
  { owner: '379101102735', user: 'admin', named: /^debian-/ },
  { owner: '075585003325', user: 'core', named: /^Flatcar-/ },
  { owner: '595879546273', user: 'core', named: /^CoreOS-/ },
  { owner: '792107900819', user: 'rocky', named: /^Rocky-/ },
  { owner: '764336703387', user: 'ec2-user', named: /^AlmaLinux / },
  { owner: '309956199498', user: 'ec2-user', named: /^RHEL/ },
  { owner: '125523088429', user: 'fedora', named: /^Fedora-/ },
  { owner: '125523088429', user: 'ec2-user', named: /^CentOS Stream / },
  { owner: '125523088429', user: 'centos', named: /^CentOS [78]/ },
  { owner: '131827586825', user: 'ec2-user', named: /^OL\d/ },
  { owner: '013907871322', user: 'ec2-user', named: /^suse-/ },
];

/**
 * The login user of a base image, by its owner and name alone; undefined if unknown, as for your own images and those of the
 * Marketplace. Pure.
 */
export const loginUserOf = ({ owner, name }: Pick<Base, 'owner' | 'name'>): string | undefined =>
  publishers.find((one) => one.owner === owner && (one.named?.test(name) ?? true))?.user;

/** Whether Packer logs in by SSH, its default, and the options do not set the user. Pure. */
export const lacksUser = ({ communicator = 'ssh', ssh_username: user }: Record<string, Json>): boolean =>
  communicator === 'ssh' && user === undefined;

import type { ImageSettings, Publication } from '../../src/model/publication.ts';

/** Settings of an image as `readPublication` leaves them. */
export const settings = (change: Partial<ImageSettings> = {}): ImageSettings => ({
  matrix: {},
  name: 'plain',
  base: { ssm: '/base' },
  architecture: 'x86_64',
  virtualization: 'hvm',
  rootDevice: 'ebs',
  bundle: { credentials: 'instance-profile' },
  builder: { instance_type: 'm5.large', ssh_username: 'admin' },
  ...change,
});

/** Two Ubuntu releases with two kinds of virtualization, in two regions. */
export const four = settings({
  matrix: { ubuntu: ['2204', '2404'], virtualization: ['hvm', 'pv'] },
  name: '{ubuntu}-{virtualization}',
  base: { ubuntu: '{ubuntu}' },
  virtualization: '{virtualization}',
});

export const publication = (change: Partial<Publication> = {}): Publication => ({
  name: 'web',
  file: 'configs/web.json',
  folder: '/nowhere/configs',
  version: '1.2.0',
  amiName: 'web {version} {image}',
  regions: [
    { name: 'us-east-1', bestEffort: false, builder: {} },
    { name: 'eu-west-1', bestEffort: false, builder: {} },
  ],
  images: [four],
  provisioners: [],
  share: { public: false, accounts: [], organizations: [], snapshots: true },
  ...change,
});

import type { Entry } from '../../src/record/entry.ts';

export const entry = (more: Partial<Entry> = {}): Entry => ({
  region: 'us-east-1',
  distributor: 'Ubuntu',
  release: '2204',
  virtualization: 'hvm',
  architecture: 'x86_64',
  rootDevice: 'ebs',
  id: 'ami-0aaaaaaaaaaaaaaa1',
  ...more,
});

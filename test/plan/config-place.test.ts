import { expect, it } from 'vitest';
import type { Provisioner, Publication } from '../../src/model/publication.ts';
import { configPlace, type PackerPart } from '../../src/plan/config-place.ts';
import { targetOf } from '../packer/plan.ts';

const image = (matrix: Record<string, string[]>, name: string) => ({
  matrix,
  name,
  base: { ubuntu: '2204' },
  architecture: 'x86_64',
  virtualization: 'hvm',
  rootDevice: 'ebs',
  bundle: { credentials: 'instance-profile' },
  builder: { instance_type: 't3.micro' },
});
const publication = {
  name: 'web',
  file: 'configs/web.json',
  version: '1.0.0',
  amiName: '{image}',
  regions: [
    { name: 'us-east-1', bestEffort: false, builder: {} },
    { name: 'eu-west-1', bestEffort: false, builder: { subnet_id: 'subnet-1' } },
  ],
  images: [
    image({}, 'plain'),
    { ...image({ ubuntu: ['2204', '2404'] }, '{ubuntu}-hvm'), amiName: 'x {image}' },
  ],
  provisioners: [
    { type: 'shell', only: ['plain'] },
    { type: 'shell' },
    { type: 'file', except: ['us-east-1-2404-hvm'] },
    { type: 'shell' },
  ] as Provisioner[],
} as unknown as Publication;

it.each<[target: string, part: PackerPart, place: string]>([
  ['us-east-1-plain', { option: ['instance_type'] }, 'images[0].builder.instance_type'],
  ['us-east-1-2404-hvm', { option: ['instance_type'] }, 'images[1].builder.instance_type'],
  ['us-east-1-2204-hvm', { option: ['tags', 'a b'] }, 'images[1].builder.tags["a b"]'],
  ['us-east-1-2204-hvm', { option: [] }, 'images[1].builder'],
  ['us-east-1-2204-hvm', { option: ['subnet_id'] }, 'images[1].builder.subnet_id'],
  ['eu-west-1-2204-hvm', { option: ['subnet_id'] }, 'regions.eu-west-1.subnet_id'],
  ['us-east-1-plain', { option: ['ami_name'] }, 'amiName'],
  ['us-east-1-2404-hvm', { option: ['ami_name'] }, 'images[1].amiName'],
  ['us-east-1-2404-hvm', { option: ['source_ami'] }, 'images[1].base'],
  ['us-east-1-plain', { provisioner: 0, option: ['inline', 2] }, 'provisioners[0].inline[2]'],
  ['us-east-1-2204-hvm', { provisioner: 0, option: [] }, 'provisioners[1]'],
  ['us-east-1-2404-hvm', { provisioner: 1, option: [] }, 'provisioners[3]'],
])('for %s, the place of %o is %s', (name, part, place) => {
  const [, region = '', its = ''] = /^([a-z]+-[a-z]+-\d)-(.+)$/.exec(name) ?? [];
  expect(configPlace(publication, { ...targetOf(name), region, image: its }, part)).toBe(place);
});

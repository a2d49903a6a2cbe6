import { expect, it } from 'vitest';
import { canonicalIn, createWorld } from '../../sandbox/testing/index.ts';
import { findImages } from '../../src/aws/images.ts';
import { clientsOf } from '../support/embedded.ts';

it('finds images by more names than a call accepts values, with other filters', async () => {
  const wanted = canonicalIn('us-east-1').find(({ image }) => image.name.includes('22.04-amd64'));
  if (!wanted) throw new Error('Canonical has no image');
  const { id, name, architecture } = wanted.image;
  const names = [...Array.from({ length: 220 }, (_, index) => `nothing ${index}`), name];
  const filters = { name: names, architecture: [architecture], state: ['available'] };
  const found = await findImages(clientsOf(createWorld()), 'us-east-1', { filters });
  expect(found.ok ? found.value.map((ami) => ami.id) : found.error).toEqual([id]);
});

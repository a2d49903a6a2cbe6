import { expect, it } from 'vitest';
import { expandImages } from '../../src/plan/images.ts';
import { parametersOf } from '../../src/plan/parameters.ts';
import { least, read, refusal } from '../config/a-config.ts';

const [image] = least.images;
const two = [image, { ...image, name: 'gpu', amiName: 'web gpu {version}' }];
const named = (...parameters: unknown[]) => ({ ...least, images: two, parameters });

it("fills in each target's values, and knows which follow the newest release", () => {
  const publication = read(named('/{publication}/{version}/{image}/{architecture}', '/web/{region}/{image}'));
  const [first] = expandImages(publication);
  expect(first && parametersOf(publication, first, 'us-east-1')).toEqual([
    { name: '/web/1.0.0/2204-hvm/x86_64', newest: false },
    { name: '/web/us-east-1/2204-hvm', newest: true },
  ]);
  expect(read(least).parameters).toBeUndefined();
});

it('a candidate has none unless "candidates" sets them', () => {
  const config = { ...named('/web/{image}'), version: '1.0.0-rc1' };
  expect(read(config).parameters).toBeUndefined();
  const parameters = ['/next/{image}'];
  expect(read({ ...config, candidates: { parameters } }).parameters).toEqual(parameters);
});

it.each<[what: string, parameters: unknown[], line: RegExp]>([
  ['a relative path', ['web/{image}'], /^parameters\[0\]: expected the path of an SSM parameter/],
  ['an unknown placeholder', ['/web/{imgae}'], /^parameters\[0\]: expected one of .*found \{imgae\}/],
  [
    'a reserved path',
    ['/aws/{image}'],
    /^parameters\[0\]: expected a path such as .*found "\/aws\/2204-hvm"/,
  ],
  ['a space', ['/a b/{image}'], /^parameters\[0\]: expected a path such as/],
  ['an empty level', ['/web//{image}'], /^parameters\[0\]: expected a path such as/],
  ['too many levels', [`${'/a'.repeat(15)}/{image}`], /^parameters\[0\]: expected a path such as/],
  ['a path that is too long', [`/${'a'.repeat(950)}/{image}`], /^parameters\[0\]: expected a path such as/],
  [
    'one path for two images',
    ['/web/{version}'],
    /^parameters\[0\]: .*found \/web\/1\.0\.0 for us-east-1-2204-hvm and us-east-1-gpu\. Add \{image\} to it/,
  ],
  [
    'one path twice',
    ['/web/{image}', '/{publication}/{image}'],
    /^parameters\[1\]: .*found \/web\/2204-hvm twice/,
  ],
])('refuses %s', (_what, parameters, line) => {
  const lines = refusal(() => read(named(...parameters)));
  expect(lines.map((one) => one.replace('configs/web.json: ', ''))).toEqual([expect.stringMatching(line)]);
});

import { expect, it } from 'vitest';
import { baseLines, loginLines } from '../../src/report/base-images.ts';

type Target = Parameters<typeof baseLines>[0][number];

const targets = (
  via: Target['base']['via'],
  images: string[],
  regions: string[],
  more: { deprecated?: true; name?: string } = {},
): Target[] =>
  regions.flatMap((region) =>
    images.map((image) => ({
      name: `${region}-${image}`,
      region,
      base: { id: 'ami-0123456789abcdef0', name: `ubuntu-${image}`, via, ...more },
    })),
  );

const two = ['us-east-1', 'eu-west-1'];
const old = targets('images', ['1204-pv', '1404-pv'], two, { deprecated: true });

it.each<[what: string, targets: Target[], line: string]>([
  ['one', targets('ssm', ['a'], ['us-east-1']), '1 found and pinned, by SSM'],
  ['of one kind', targets('ssm', ['a', 'b'], two), '4 found and pinned, all by SSM'],
  [
    'that SSM does not have',
    old,
    '4 found and pinned, all by DescribeImages (deprecated; SSM has none for 1204-pv and 1404-pv)',
  ],
  [
    'of every kind',
    [
      ...old,
      ...targets('tag', ['t'], two),
      ...targets('fixed', ['i'], two, { deprecated: true }),
      ...targets('filter', ['f'], ['us-east-1']),
    ],
    '9 found and pinned: 4 by DescribeImages, 1 by filter, 2 by id and 2 by the tags of the release ' +
      '(6 deprecated; SSM has none for 1204-pv and 1404-pv)',
  ],
  [
    'that differ',
    [
      ...targets('ssm', ['a', 'b'], ['us-east-1']),
      ...targets('ssm', ['a'], ['eu-west-1'], { name: 'other' }),
    ],
    '3 found and pinned, all by SSM (not the same in all regions: a)',
  ],
  [
    'of more images than a line holds',
    targets('images', ['1', '2', '3', '4', '5', '6', '7', '8'], ['us-east-1']),
    '8 found and pinned, all by DescribeImages (SSM has none for 1, 2, 3, 4, 5, 6 and 2 more)',
  ],
])('base images %s', (_what, given, line) => {
  expect(baseLines(given)).toEqual([`  base images ${line}`]);
});

it('the login user is shown for images whose base decides it', () => {
  const as = (image: string, loginUser?: string, release?: string) =>
    two.map((region) => ({
      name: `${region}-${image}`,
      region,
      base: release ? { release } : {},
      ...(loginUser ? { loginUser } : {}),
    }));
  const given = [
    ...as('al2023', 'ec2-user'),
    ...as('web'),
    ...as('debian', 'admin'),
    ...as('rhel', 'ec2-user'),
  ];
  expect(loginLines(given)).toEqual([
    '  logs in as  ec2-user (al2023 and rhel) and admin (debian), by the base image',
  ]);
  expect(loginLines([...as('debian', 'admin'), ...as('app', 'ubuntu', 'baseline@1.0.0')])).toEqual([
    '  logs in as  admin (debian), by the base image; ubuntu (app), as baseline does',
  ]);
  expect(loginLines(as('web'))).toEqual([]);
});

it('nothing is shown without targets', () => {
  expect(baseLines([])).toEqual([]);
});

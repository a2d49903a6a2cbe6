import { defaultAccount, type SeededWorld } from '../../sandbox/testing/without-vitest.ts';
import type { ReleasePlan, Target } from '../../src/model/release-plan.ts';
import { ownTags } from '../../src/model/resource-names.ts';

/** A plan of so many images in each region, all to be public. */
export function planOf(regions: readonly string[], images: number): ReleasePlan {
  const targets = regions.flatMap((region) =>
    Array.from({ length: images }, (_, index): Target => {
      const image = `i${index}`;
      return {
        name: `${region}-${image}`,
        region,
        image,
        required: true,
        amiName: `bench 1.0.0 ${image}`,
        base: { id: 'ami-0', name: 'base', owner: '099720109477', asked: '/p', via: 'ssm' },
        recipe: 'sha256:abc',
        expect: { architecture: 'x86_64', virtualization: 'hvm', rootDevice: 'ebs' },
        packer: { builder: 'amazon-ebs', options: {}, provisioners: [] },
      };
    }),
  );
  return {
    format: 2,
    release: 'bench@1.0.0',
    publication: 'bench',
    version: '1.0.0',
    account: defaultAccount.id,
    endpoint: 'sandbox:bench',
    createdAt: '2026-11-21T12:00:00.000Z',
    targets,
    sharing: { public: true, accounts: [], organizations: [], snapshots: true },
  };
}

/** A world in which every AMI of a plan was made an hour ago, and is private. */
export function builtWorld(plan: ReleasePlan, now = Date.now()): SeededWorld {
  const createdAt = new Date(now - 3_600_000).toISOString();
  return {
    images: plan.targets.map((target, index) => {
      const number = (index + 1).toString(16).padStart(17, '0');
      const tags = ownTags(plan, target);
      return {
        id: `ami-${number}`,
        region: target.region,
        name: target.amiName,
        createdAt,
        snapshots: [`snap-${number}`],
        tags,
      };
    }),
  };
}

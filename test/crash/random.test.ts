import { expect, it } from 'vitest';
import { packerOfTests } from '../e2e/packer.ts';
import { scenarioOf, tagsSecurityGroups, trial } from './trial.ts';

const seeds = [1, 2, 3, 4, 5];

it.concurrent.each(seeds)(
  'kills, faults and races of seed %i lead to one AMI for each target, shared once all exist, and nothing left behind',
  async (seed) => {
    const scenario = scenarioOf(seed);
    const { wrong } = await trial(scenario, tagsSecurityGroups(await packerOfTests()));
    expect(
      wrong,
      `node test/crash/run-seeds.ts --from ${seed} --seeds 1\n${JSON.stringify(scenario)}`,
    ).toEqual([]);
  },
);

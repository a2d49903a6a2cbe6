import type { Target } from '../model/release-plan.ts';

const builders: readonly Target['packer']['builder'][] = ['amazon-ebs', 'amazon-instance'];

/** What `-only` and Packer's log call a target's build, in a build block without a name: `amazon-ebs.us-east-1-2204-hvm`. */
export const buildName = ({ name, packer }: Pick<Target, 'name' | 'packer'>): string =>
  `${packer.builder}.${name}`;

/**
 * The names that a target's build may have had. A log and a process tell only the target's name reliably: what its
 * builder was may have changed in the config since.
 */
export const possibleBuildNames = (target: string): string[] =>
  builders.map((builder) => `${builder}.${target}`);

import type { Target } from '../model/release-plan.ts';

const builders: readonly Target['packer']['builder'][] = ['amazon-ebs', 'amazon-instance'];

/** The name of a target's build in `-only` and in Packer's log, for a build block without a name: `amazon-ebs.us-east-1-2204-hvm`. */
export const buildName = ({ name, packer }: Pick<Target, 'name' | 'packer'>): string =>
  `${packer.builder}.${name}`;

/**
 * The names that a target's build may have had: its builder in the config may have changed since a log was written or a
 * process was started.
 */
export const possibleBuildNames = (target: string): string[] =>
  builders.map((builder) => `${builder}.${target}`);

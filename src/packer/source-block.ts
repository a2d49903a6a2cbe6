import { ActionableError } from '../lib/actionable-error.ts';
import type { Json } from '../model/publication.ts';
import { partsTags } from '../model/recipe-parts.ts';
import type { ReleasePlan, Target } from '../model/release-plan.ts';
import { keyPairName, ownTags, tagKeys } from '../model/resource-names.ts';
import { amiLooks } from '../model/timeouts.ts';
import { bundleCommands } from './bundle-commands.ts';
import { encryptedMappings } from './encrypted-mappings.ts';
import { escapeOptions, sortKeys } from './escape.ts';

/** The `source` block of a target: the user's options under Packer's names, and ours. */
export function sourceBlock(
  plan: Pick<ReleasePlan, 'release' | 'account' | 'timeouts'>,
  target: Target,
): Record<string, Json> {
  const place = `${target.name}: builder`;
  const { aws_polling, ...rest } = target.packer.options;
  const tagOptionNames = tagOptionsOf[target.packer.builder];
  const { encryption } = target;
  const mapped = encryption
    ? { launch_block_device_mappings: encryptedMappings(rest.launch_block_device_mappings, encryption) }
    : {};
  const users = Object.fromEntries(
    Object.entries({ ...rest, ...mapped }).filter(([option]) => !tagOptionNames.includes(option)),
  );
  const ours: Record<string, Json> = {
    ...escapeOptions(
      {
        ami_name: target.amiName,
        region: target.region,
        source_ami: target.base.id,
        temporary_key_pair_name: keyPairName(plan.release, target.name),
      },
      target.name,
    ),
    ssh_port: variable('ssh_port'),
    aws_polling: polling(aws_polling, plan.timeouts, place),
    ...tagOptions(plan, target, tagOptionNames, place),
    ...bundleOptions(plan, target),
  };
  const taken = Object.keys(users).find((option) => Object.hasOwn(ours, option));
  if (taken) {
    throw new ActionableError('config-invalid', {
      place: `${place}.${taken}`,
      expected: 'an option that gopackgo does not set itself',
      found: `"${taken}"`,
      advice: 'Remove it.',
    });
  }
  const defaults = target.bundle ? escapeOptions(bundleCommands(target.bundle), target.name) : {};
  return sortKeys({ ...defaults, ...escapeOptions(users, place), ...ours });
}

/**
 * Options of amazon-instance only. The path goes into the prefix, not the bucket: with a path in `s3_bucket` EC2 found no manifest
 * (hashicorp/packer#5231).
 */
function bundleOptions({ account }: Pick<ReleasePlan, 'account'>, target: Target): Record<string, Json> {
  const { bundle, expect } = target;
  if (!bundle) return {};
  return {
    account_id: account,
    s3_bucket: bundle.bucket,
    bundle_prefix: bundle.prefix,
    ami_virtualization_type: expect.virtualization,
    x509_cert_path: variable('x509_cert'),
    x509_key_path: variable('x509_key'),
  };
}

const variable = (name: string): string => `\${var.${name}}`;

const pollingFor = (timeouts: ReleasePlan['timeouts']) => ({
  delay_seconds: 5,
  max_attempts: amiLooks(timeouts),
});

/**
 * Both values are always written: with only the delay set, Packer 1.6.6 gives up on an AMI after a third of the time, and current
 * Packer misinterprets the missing one (hashicorp/packer-plugin-amazon#642).
 */
function polling(asked: Json | undefined, timeouts: ReleasePlan['timeouts'], place: string): Json {
  if (asked === undefined) return pollingFor(timeouts);
  if (asked === null || typeof asked !== 'object' || Array.isArray(asked)) {
    throw new ActionableError('config-invalid', {
      place: `${place}.aws_polling`,
      expected: 'an object such as {"delay_seconds": 5, "max_attempts": 540}',
      found: JSON.stringify(asked),
    });
  }
  return escapeOptions({ ...pollingFor(timeouts), ...asked }, `${place}.aws_polling`);
}

/** An instance-store AMI has neither volumes nor snapshots. */
const tagOptionsOf: Readonly<Record<Target['packer']['builder'], readonly string[]>> = {
  'amazon-ebs': ['run_tags', 'run_volume_tags', 'snapshot_tags', 'tags'],
  'amazon-instance': ['run_tags', 'tags'],
};

/** Tag options of only the builder, not the AMI. */
const builderOptions: ReadonlySet<string> = new Set(['run_tags', 'run_volume_tags']);

/**
 * With 1.6.6, host and attempt are only on the builder instance and its volumes. Current Packer also puts `run_tags` on the key
 * pair, security group, AMI and snapshots: harmless, since they are only read from instances and volumes.
 */
function tagOptions(
  plan: Pick<ReleasePlan, 'release' | 'commit'>,
  target: Target,
  options: readonly string[],
  place: string,
): Record<string, Json> {
  const own = escapeOptions(ownTags(plan, target), `${target.name}: tags`);
  const machine = { [tagKeys.attempt]: variable('attempt'), [tagKeys.host]: variable('host') };
  return Object.fromEntries(
    options.map((option) => {
      const users = usersTags(target.packer.options[option], `${place}.${option}`);
      const others = builderOptions.has(option) ? machine : option === 'tags' ? partsTags(target) : {};
      return [option, sortKeys({ ...users, ...own, ...others })];
    }),
  );
}

function usersTags(tags: Json | undefined, place: string): Record<string, Json> {
  if (tags === undefined || tags === null) return {};
  if (typeof tags !== 'object' || Array.isArray(tags)) {
    throw new ActionableError('config-invalid', {
      place,
      expected: 'an object of tags such as {"Team": "images"}',
      found: JSON.stringify(tags),
    });
  }
  const reserved = Object.keys(tags).find((key) => key.startsWith('gopackgo:'));
  if (reserved) {
    throw new ActionableError('config-invalid', {
      place,
      expected: 'tags without the reserved prefix "gopackgo:"',
      found: `"${reserved}"`,
      advice: 'Choose another name.',
    });
  }
  return escapeOptions(tags, place);
}

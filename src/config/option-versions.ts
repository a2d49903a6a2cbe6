import semver from 'semver';

/**
 * Which options came after Packer 1.6.6, and with what. Compared from the generated option tables (`*.hcl2spec.go`) of every
 * release of packer 1.6.6 to 1.16.0 and of packer-plugin-amazon 0.0.1 to 1.8.2. Options that a publication may not set
 * are left out. docs/packer-versions.md is made from this.
 */

export type PackersBuilder = 'amazon-ebs' | 'amazon-instance';

export interface AddedOption {
  /** `imds_support`; a dot leads into an option that contains others. */
  option: string;
  builder: PackersBuilder;
  /** The first version of the amazon plugin that has it. */
  plugin: string;
  /** A note for users from its documentation. */
  note?: string;
}

const both = (plugin: string, ...options: string[]): AddedOption[] =>
  options.flatMap((option) => [
    { option, builder: 'amazon-ebs', plugin },
    { option, builder: 'amazon-instance', plugin },
  ]);

const notSent = 'accepted, but the plugin sends none of it to EC2 (seen with 1.8.2)';

export const addedOptions: readonly AddedOption[] = [
  { option: 'metadata_options', builder: 'amazon-ebs', plugin: '0.0.1' },
  { option: 'metadata_options', builder: 'amazon-instance', plugin: '0.0.1', note: notSent },
  ...both('1.0.0', 'fleet_tag', 'fleet_tags'),
  { option: 'deprecate_at', builder: 'amazon-ebs', plugin: '1.0.1' },
  { option: 'deprecate_at', builder: 'amazon-instance', plugin: '1.3.3' },
  ...both('1.0.7', 'license_specifications', 'placement'),
  ...both('1.0.9', 'metadata_options.instance_metadata_tags'),
  ...both('1.1.4', 'enable_nitro_enclave', 'temporary_security_group_source_public_ip'),
  ...both('1.1.5', 'enable_unlimited_credits'),
  ...both(
    '1.1.6',
    'capacity_reservation_group_arn',
    'capacity_reservation_id',
    'capacity_reservation_preference',
  ),
  { option: 'imds_support', builder: 'amazon-instance', plugin: '1.1.6' },
  { option: 'imds_support', builder: 'amazon-ebs', plugin: '1.2.2' },
  { option: 'fast_launch', builder: 'amazon-ebs', plugin: '1.2.2', note: 'for Windows only' },
  { option: 'tpm_support', builder: 'amazon-instance', plugin: '1.2.6' },
  ...both('1.2.8', 'placement.host_id'),
  { option: 'skip_ami_run_tags', builder: 'amazon-ebs', plugin: '1.3.7' },
  ...both('1.3.7', 'snapshot_copy_duration_minutes'),
  ...both('1.3.8', 'spot_allocation_strategy'),
];

/**
 * The amazon plugin that is built into a Packer version, up to the next entry: Packer's `go.mod` of each release. From 1.10.0
 * on there is none.
 */
export const carriedPlugins: readonly { packer: string; plugin: string }[] = [
  { packer: '1.6.6', plugin: '0.0.0' },
  { packer: '1.7.0', plugin: '0.0.1' },
  { packer: '1.7.3', plugin: '1.0.0' },
  { packer: '1.7.5', plugin: '1.0.1' },
  { packer: '1.7.7', plugin: '1.0.3' },
  { packer: '1.7.8', plugin: '1.0.4' },
  { packer: '1.7.9', plugin: '1.0.6' },
  { packer: '1.8.0', plugin: '1.0.8' },
  { packer: '1.8.1', plugin: '1.1.0' },
  { packer: '1.8.3', plugin: '1.1.2' },
  { packer: '1.8.4', plugin: '1.1.5' },
  { packer: '1.8.5', plugin: '1.1.6' },
  { packer: '1.8.6', plugin: '1.2.1' },
];

export interface AddedProvisionerOption {
  provisioner: string;
  /** Absent if the provisioner itself is new. */
  option?: string;
  /** The first Packer that has it. */
  packer: string;
}

export const addedProvisionerOptions: readonly AddedProvisionerOption[] = [
  { provisioner: 'file', option: 'content', packer: '1.7.5' },
  { provisioner: 'shell', option: 'env', packer: '1.8.0' },
  { provisioner: 'powershell', option: 'env', packer: '1.8.0' },
  { provisioner: 'powershell', option: 'pause_after', packer: '1.8.2' },
  { provisioner: 'powershell', option: 'use_pwsh', packer: '1.8.4' },
  { provisioner: 'windows-shell', option: 'env', packer: '1.8.0' },
  { provisioner: 'hcp-sbom', packer: '1.12.0' },
];

/** The version of a Packer's amazon builders: its plugin's, otherwise the built-in one's. Pure. */
export function amazonVersion({ version, plugin }: { version: string; plugin?: string }): string {
  return plugin ?? carriedPlugins.findLast(({ packer }) => semver.gte(version, packer))?.plugin ?? '0.0.0';
}

/**
 * The first Packer with a version of the amazon builders built in; undefined if there is none, so that a plugin is needed.
 * Pure.
 */
export const firstPackerWith = (plugin: string): string | undefined =>
  carriedPlugins.find((carried) => semver.gte(carried.plugin, plugin))?.packer;

import type { Target } from '../model/release-plan.ts';

/** One of a builder's `launch_block_device_mappings` that names its device. */
export interface LaunchMapping {
  name: string;
  /** In the list. */
  index: number;
  mapping: Record<string, unknown>;
}

/** The mappings that a builder on EBS is launched with; none for instance-store. Pure. */
export function launchMappings({ packer, expect }: Pick<Target, 'packer' | 'expect'>): LaunchMapping[] {
  if (expect.rootDevice !== 'ebs') return [];
  return [packer.options.launch_block_device_mappings ?? []].flat().flatMap((mapping, index) => {
    if (typeof mapping !== 'object' || mapping === null || Array.isArray(mapping)) return [];
    return typeof mapping.device_name === 'string' ? [{ name: mapping.device_name, index, mapping }] : [];
  });
}

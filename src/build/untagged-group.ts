import type { Context } from '../aws/context.ts';
import type { Target } from '../model/release-plan.ts';
import type { Resource } from '../model/resource.ts';

/**
 * If Packer died before it launched its builder, it leaves behind a key pair, found by its name, and perhaps a security group.
 * Packer 1.6.6 does not tag the group (current Packer does), so only the attempt's log names it. If the log is gone too, a
 * warning says how to find the group.
 */
export async function warnOfUntaggedGroup(
  { name, packer: { options } }: Pick<Target, 'name' | 'packer'>,
  leftovers: readonly Resource[],
  { builds, emit }: Pick<Context, 'builds' | 'emit'>,
): Promise<void> {
  const keyPair = leftovers.find(({ kind }) => kind === 'key pair');
  if (!keyPair || leftovers.some(({ kind }) => kind === 'security group')) return;
  if (Object.keys(options).some((option) => option.startsWith('security_group_'))) return;
  if ((await builds.known([name])).length > 0) return;
  const text =
    `the log of the build that made key pair ${keyPair.id} is gone. If that was Packer 1.6.6, a security group "packer_…" may be ` +
    'left over: "cleanup --leftovers" deletes it once it is older than --orphan-age';
  emit({ type: 'warning', text, target: name });
}

import type { Context } from '../aws/context.ts';
import type { Target } from '../model/release-plan.ts';
import type { Resource } from '../model/resource.ts';

/**
 * A Packer that died before it launched its builder leaves a key pair, known by its name, and perhaps a security group. Packer
 * 1.6.6 gives that no tag (current Packer does): only the attempt's log names it. Where that is gone too, a warning says what finds it.
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
    'left: "cleanup --leftovers" deletes it once it is older than --orphan-age';
  emit({ type: 'warning', text, target: name });
}

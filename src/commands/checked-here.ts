import type { Finding } from '../checks/finding.ts';
import { judgeWebhooks } from '../checks/webhooks.ts';
import { located } from '../lib/origins.ts';
import { placeOf } from '../lib/problem.ts';
import type { Publication } from '../model/publication.ts';
import { webhookUrl } from '../notify/webhook.ts';
import { checkGit } from './git-of-release.ts';
import type { Host } from './host.ts';
import type { OpenRelease } from './open-release.ts';

/** Findings about a run that come from this machine, without AWS and without Packer. */
export async function checkedHere(
  release: Pick<OpenRelease, 'publication' | 'plan' | 'sandbox'>,
  host: Pick<Host, 'cwd' | 'environment'>,
  { toBuild, push }: { toBuild: boolean; push: boolean },
): Promise<Finding[]> {
  const { publication, sandbox } = release;
  const webhooks = sandbox ? [] : judgeWebhooks(webhooksOf(publication, host));
  return toBuild ? [...(await checkGit(release, host, { push })), ...webhooks] : webhooks;
}

const webhooksOf = (publication: Publication, { environment }: Pick<Host, 'environment'>) =>
  (publication.notify ?? []).flatMap(({ webhook }, index) => {
    if (webhook === undefined) return [];
    const value = environment[webhook] ?? '';
    const holds = webhookUrl(value) ? 'a URL' : value === '' ? 'nothing' : 'something else';
    const place = located(publication, placeOf(['notify', index, 'webhook']));
    return [{ place, variable: webhook, holds } as const];
  });

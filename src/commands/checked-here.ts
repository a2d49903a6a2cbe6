import type { Finding } from '../checks/finding.ts';
import { judgeWebhooks } from '../checks/webhooks.ts';
import { located } from '../lib/origins.ts';
import { placeOf } from '../lib/problem.ts';
import type { Publication } from '../model/publication.ts';
import { webhookUrl } from '../notify/webhook.ts';
import type { Host } from './host.ts';
import type { OpenRelease } from './open-release.ts';

/** What decides about a run and is found out on this machine, without AWS and without Packer. */
export async function checkedHere(
  { publication, sandbox }: Pick<OpenRelease, 'publication' | 'sandbox'>,
  host: Pick<Host, 'environment'>,
): Promise<Finding[]> {
  return sandbox ? [] : judgeWebhooks(webhooksOf(publication, host));
}

const webhooksOf = (publication: Publication, { environment }: Pick<Host, 'environment'>) =>
  (publication.notify ?? []).flatMap(({ webhook }, index) => {
    if (webhook === undefined) return [];
    const value = environment[webhook] ?? '';
    const holds = webhookUrl(value) ? 'a URL' : value === '' ? 'nothing' : 'something else';
    const place = located(publication, placeOf(['notify', index, 'webhook']));
    return [{ place, variable: webhook, holds } as const];
  });

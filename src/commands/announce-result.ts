import { join } from 'node:path';
import { realClock } from '../lib/clock.ts';
import { definedOnly } from '../lib/defined-only.ts';
import { exitStatus } from '../lib/exit-status.ts';
import type { EventSink, Result } from '../model/events.ts';
import type { News } from '../model/notification-output.ts';
import type { Publication } from '../model/publication.ts';
import { announce } from '../notify/announce.ts';
import { newsOfPublish } from '../notify/news-of-publish.ts';
import { environmentForCommands } from '../packer/environment.ts';
import type { Host } from './host.ts';
import type { OpenRelease } from './open-release.ts';

interface How {
  runLocal: boolean;
  secrets: readonly string[];
  emit: EventSink;
}

/** Sends the outcome of a publish run to the channels in "notify". An interrupted run has no outcome yet. */
export async function announceResult(
  result: Result,
  release: OpenRelease,
  host: Pick<Host, 'cwd' | 'environment'>,
  { seconds, ...how }: How & { seconds: number },
): Promise<void> {
  if (result.exit === exitStatus.interrupted) return;
  const { publication, plan, sandbox } = release;
  const candidate = publication.candidate === true;
  const news = newsOfPublish(plan, result, { seconds, rehearsal: sandbox !== undefined, candidate });
  await announceNews(news, release, host, how);
}

/**
 * Sends the outcome of a release to the channels in "notify"; without news, only what earlier runs could not send.
 *
 * @param folder the release's, absolute.
 */
export async function announceNews(
  news: News | undefined,
  {
    publication,
    folder,
    clients,
    sandbox,
  }: Pick<OpenRelease, 'publication' | 'folder' | 'clients' | 'sandbox'>,
  { environment, cwd: workingFolder }: Pick<Host, 'cwd' | 'environment'>,
  { runLocal, secrets, emit }: How,
): Promise<void> {
  const rehearsal = sandbox !== undefined;
  const commands = environmentForCommands({
    base: rehearsal ? 'sandbox' : 'production',
    processEnv: environment,
    ...definedOnly({ sandboxEnvironment: sandbox?.environment }),
    home: join(folder, 'home'),
    workingFolder,
  });
  const variables = new Set((publication.notify ?? []).flatMap(({ webhook }) => webhook ?? []));
  await announce(news, {
    channels: publication.notify ?? [],
    folder,
    clients,
    environment,
    commands: {
      folder: publication.folder,
      environment: Object.fromEntries(Object.entries(commands).filter(([name]) => !variables.has(name))),
      secrets,
    },
    ...(rehearsal ? { rehearsal: { runLocal } } : {}),
    clock: realClock,
    emit,
  });
}

/** The URLs of webhooks, which no started process and no output may show. */
export const webhookSecrets = ({ notify = [] }: Publication, environment: NodeJS.ProcessEnv): string[] =>
  notify.flatMap(({ webhook = '' }) => environment[webhook] ?? []);

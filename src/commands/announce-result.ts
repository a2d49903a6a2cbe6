import { join } from 'node:path';
import { realClock } from '../lib/clock.ts';
import { definedOnly } from '../lib/defined-only.ts';
import { exitStatus } from '../lib/exit-status.ts';
import type { EventSink, Result } from '../model/events.ts';
import type { Publication } from '../model/publication.ts';
import { announce } from '../notify/announce.ts';
import { newsOfPublish } from '../notify/news-of-publish.ts';
import { environmentForCommands } from '../packer/environment.ts';
import type { Host } from './host.ts';
import type { OpenRelease } from './open-release.ts';

/** Tells those that "notify" names what a run of publish came to. A run that was interrupted came to nothing yet. */
export async function announceResult(
  result: Result,
  { publication, plan, folder, clients, sandbox }: OpenRelease,
  host: Pick<Host, 'cwd' | 'environment'>,
  {
    seconds,
    runLocal,
    secrets,
    emit,
  }: { seconds: number; runLocal: boolean; secrets: readonly string[]; emit: EventSink },
): Promise<void> {
  if (result.exit === exitStatus.interrupted) return;
  const { environment, cwd: workingFolder } = host;
  const rehearsal = sandbox !== undefined;
  const commands = environmentForCommands({
    base: rehearsal ? 'sandbox' : 'production',
    processEnv: environment,
    ...definedOnly({ sandboxEnvironment: sandbox?.environment }),
    home: join(folder, 'home'),
    workingFolder,
  });
  const variables = new Set((publication.notify ?? []).flatMap(({ webhook }) => webhook ?? []));
  await announce(
    newsOfPublish(plan, result, { seconds, rehearsal, candidate: publication.candidate === true }),
    {
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
    },
  );
}

/** The URLs of webhooks, which whatever is started and printed must not show. */
export const webhookSecrets = ({ notify = [] }: Publication, environment: NodeJS.ProcessEnv): string[] =>
  notify.flatMap(({ webhook = '' }) => environment[webhook] ?? []);

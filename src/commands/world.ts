import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventSink } from '../events.ts';
import type { Host } from '../host.ts';
import { type BuildSettings, packerBuilds } from '../release/packer-builds.ts';
import type { Clock, World } from '../release/world.ts';
import type { OpenRelease } from './open-release.ts';

export const realClock: Clock = {
  now: Date.now,
  async sleep(milliseconds, until) {
    await sleep(milliseconds, undefined, until ? { signal: until } : {}).catch(() => undefined);
  },
};

/** The world as the steps of a release see it. Without `packer` it can be looked at, and nothing can be built. */
export function worldOf(
  { plan, clients, folder }: OpenRelease,
  host: Host,
  more: {
    emit?: EventSink;
    stop?: AbortSignal;
    packer?: Pick<BuildSettings, 'packer' | 'environment' | 'cwd'>;
  } = {},
): World {
  const settings: BuildSettings = {
    packer: '/nonexistent',
    environment: {},
    cwd: host.cwd,
    ...more.packer,
    templates: templatesFolder(folder),
    attempts: join(folder, 'attempts'),
    shown: (path) => relative(host.cwd, path),
    limits: { build: 3 * 60 * 60_000, grace: 10 * 60_000 },
  };
  return {
    clients,
    host: host.name,
    clock: realClock,
    builds: packerBuilds(plan, settings),
    emit: more.emit ?? (() => undefined),
    stop: more.stop ?? new AbortController().signal,
  };
}

export const templatesFolder = (folder: string): string => join(folder, 'templates');

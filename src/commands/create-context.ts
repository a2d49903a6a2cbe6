import { dirname, join, relative } from 'node:path';
import { type Context, unknownLag } from '../aws/context.ts';
import { type BuildSettings, packerBuilds } from '../build/packer-builds.ts';
import { amazonVersion } from '../config/option-versions.ts';
import { realClock } from '../lib/clock.ts';
import { definedOnly } from '../lib/defined-only.ts';
import { located } from '../lib/origins.ts';
import type { EventSink } from '../model/events.ts';
import { buildLimitOf, type Timeouts } from '../model/timeouts.ts';
import { findPacker } from '../packer/executable.ts';
import { isAlive } from '../packer/process-group.ts';
import { configPlace } from '../plan/config-place.ts';
import type { Host } from './host.ts';
import type { OpenAccount } from './open-account.ts';
import type { OpenRelease } from './open-release.ts';

/** Time limit of a build with `--debug`, in which a person inspects the builder: long, but not overnight. Milliseconds. */
const debugLimit = 12 * 60 * 60_000;

/** The context for the steps of a release. Without `packer` they can look up, but not build. */
export function createContext(
  { plan, clients, folder, sandbox, publication, command }: OpenRelease,
  host: Host,
  more: {
    emit?: EventSink;
    stop?: AbortSignal;
    packer?: Pick<BuildSettings, 'packer' | 'environment' | 'cwd' | 'debug' | 'hide'>;
    /** The version of its amazon plugin; looked up on demand if absent. */
    plugin?: string;
  } = {},
): Context {
  const settings: BuildSettings = {
    packer: '/nonexistent',
    environment: {},
    cwd: host.cwd,
    hide: (text) => text,
    ...more.packer,
    endWhenFull: sandbox !== undefined,
    templates: templatesFolder(folder),
    attempts: join(folder, 'attempts'),
    releases: dirname(folder),
    shown: (path) => relative(host.cwd, path),
    limits: { build: more.packer?.debug ? debugLimit : buildLimitOf(plan.timeouts), grace: 10 * 60_000 },
    warn: (text) => more.emit?.({ type: 'warning', text }),
  };
  const { emit = () => undefined, stop = new AbortController().signal } = more;
  clients.repeater.watch({ emit, stop });
  return {
    clients,
    host: host.name,
    clock: realClock,
    lag: lagOf(sandbox),
    builds: packerBuilds(plan, settings),
    ...definedOnly({ timeouts: plan.timeouts }),
    credentials: clients.credentials,
    plugin: more.plugin ? async () => more.plugin : () => pluginOf(host),
    placeOf: (target, option) => located(publication, configPlace(publication, target, { option })),
    command,
    emit,
    stop,
  };
}

const pluginOf = ({ environment, cwd }: Host): Promise<string | undefined> =>
  findPacker({ environment, folder: cwd }).then(amazonVersion, () => undefined);

const lagOf = (sandbox: OpenAccount['sandbox']): number => sandbox?.consistencyLag ?? unknownLag;

export const templatesFolder = (folder: string): string => join(folder, 'templates');

/** The context for the steps of a cleanup, which cannot build. */
export function createCleanupContext(
  { clients, sandbox, command }: Pick<OpenAccount, 'clients' | 'sandbox' | 'command'>,
  host: Host,
  { emit, stop, timeouts }: { emit: EventSink; stop: AbortSignal; timeouts?: Timeouts | undefined },
): Context {
  clients.repeater.watch({ emit, stop });
  return {
    clients,
    host: host.name,
    clock: realClock,
    lag: lagOf(sandbox),
    ...definedOnly({ timeouts }),
    builds: {
      known: async () => [],
      took: async () => new Map(),
      alive: (pid, target) => isAlive({ pid, target }),
      start: async (target) => {
        throw new Error(`a cleanup does not build: ${target.name}`);
      },
      stop: () => undefined,
      kill: () => undefined,
    },
    placeOf: () => '',
    command,
    emit,
    stop,
  };
}

import { join } from 'node:path';
import { readPublication } from '../config/read-publication.ts';
import { ActionableError } from '../lib/actionable-error.ts';
import { definedOnly } from '../lib/defined-only.ts';
import type { Comparison } from '../model/plan-output.ts';
import { findReleaseAmis } from '../observe/release-amis.ts';
import { changesSince, newestPublished } from '../plan/compare-published.ts';
import { makeReleasePlan } from '../plan/make-plan.ts';
import { publicationRules } from '../plan/publication-rules.ts';
import { loginUserOfBases, publishBaseOf } from './base-publications.ts';
import type { Host } from './host.ts';
import { releasesFolder, withAccount } from './open-account.ts';
import { closedRegions, pinnedPlan } from './open-release.ts';
import { showProgress } from './progress-line.ts';
import { recordable } from './record-destination.ts';
import type { ReleaseArguments } from './release-arguments.ts';
import { readVariableFiles } from './variable-files.ts';

export interface ComparingArguments extends ReleaseArguments {
  /** Publish only if there is a reason for a new release. */
  ifChanged?: boolean;
  /** Age in milliseconds at which a new release is made in any case. */
  maxAge?: number;
}

/**
 * Compares the newest published release of a publication with the current config: base images, which are looked up again, and
 * recipes, with that release's version filled in. Changes nothing.
 *
 * @throws ActionableError (1) if a lookup in a region failed, (4) if a base image is not found.
 */
export async function compareWithPublished(args: ComparingArguments, host: Host): Promise<Comparison> {
  const read = (named: string) =>
    readPublication(named, {
      cwd: host.cwd,
      rules: [...publicationRules, recordable],
      given: args.variables,
      more: { files: readVariableFiles(args.variableFiles, host.cwd), environment: host.environment },
    });
  const publication = read(args.publication);
  const { name } = publication;
  const looked = showProgress(`Comparing with the newest release of ${name} …`, args, host);
  const now = new Date();
  const compared = withAccount(
    publication,
    args,
    host,
    async ({ clients, account, endpoint, command }): Promise<Comparison> => {
      const closed = await closedRegions(publication, clients);
      const regions = publication.regions.map((one) => one.name).filter((region) => !closed.has(region));
      const found = await findReleaseAmis(name, regions, { clients });
      const amis = [...found.values()].flatMap((lookup) => {
        if (lookup.ok) return lookup.value;
        const { operation, region, code, message } = lookup.error;
        throw new ActionableError('lookup-failed', {
          place: `${name} in ${region}`,
          expected: `an answer to ${operation}`,
          found: `${code}: ${message}`,
          advice: 'Nothing was changed. Fix this, then run the same command again.',
        });
      });
      const newest = newestPublished(amis, { candidates: publication.candidate ?? false });
      if (!newest) {
        const text = `no release of ${name} is published yet`;
        return { format: 2, publication: name, changed: true, changes: [{ is: 'first', text }] };
      }
      const { release, version, at, yanked } = newest;
      const then = read(`${args.publication.replace(/@[^@/\\]*$/, '')}@${version}`);
      const loginUserOfBase = loginUserOfBases(then, host);
      const publishBase = publishBaseOf(then, command);
      const where = { clients, account, endpoint, closed, loginUserOfBase, publishBase };
      const plan = await makeReleasePlan(then, where, 'bases of now', now);
      const folder = join(releasesFolder(host.cwd, args.sandbox), release);
      const before = await pinnedPlan(folder, account, endpoint);
      const changes = changesSince(newest, plan, {
        ...definedOnly({ before }),
        now,
        ...(args.maxAge === undefined ? {} : { maxAge: args.maxAge }),
      });
      return {
        format: 2,
        publication: name,
        release,
        published: at,
        ...(yanked === undefined ? {} : { yanked }),
        changed: changes.length > 0,
        changes,
      };
    },
  );
  return compared.finally(looked);
}

/** The comparison in words. Pure. */
export function describeComparison(compared: Comparison): string {
  const { publication, release = publication, published = '', yanked, changed, changes } = compared;
  if (!changed) {
    const withdrawn = yanked === undefined ? '' : `, and is yanked${yanked === '' ? '' : ` (${yanked})`}`;
    return `${release} was published on ${published.slice(0, 10)}${withdrawn}: nothing has changed since, so no new release is made.`;
  }
  const since = release === publication ? '' : ` since ${release}`;
  return [`${publication} calls for a new release${since}:`, ...changes.map(({ text }) => `  ${text}`)].join(
    '\n',
  );
}

/**
 * Refuses to publish changes under a version that is already published.
 *
 * @param release the one that would be published.
 * @throws ActionableError (4)
 */
export function refusePublished(compared: Comparison, release: string): void {
  if (compared.release !== release) return;
  throw new ActionableError('conflict', {
    place: release,
    expected: 'a version that is not published yet, since something has changed',
    found: 'the newest published release',
    advice:
      'Raise "version" in the config, choose another one (PUB@VERSION), or put {timestamp} into it, so that each release has its own.',
  });
}

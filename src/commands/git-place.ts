import type { GitPlace } from '../git/run-git.ts';
import type { Publication } from '../model/publication.ts';
import type { Host } from './host.ts';

/** Where git is asked about a publication: its config's folder. It gets no URLs of webhooks. */
export const gitPlace = (
  { folder, notify = [] }: Publication,
  { environment }: Pick<Host, 'environment'>,
): GitPlace => {
  const secret = new Set(notify.flatMap(({ webhook }) => webhook ?? []));
  return {
    folder,
    environment: Object.fromEntries(Object.entries(environment).filter(([name]) => !secret.has(name))),
  };
};

import type { GitPlace } from '../git/run-git.ts';
import type { Publication } from '../model/publication.ts';
import type { Host } from './host.ts';

/** Where git runs for a publication: its config's folder. Git gets no webhook URLs. */
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

import { mergeAll } from '../config/extends.ts';
import { findPublication } from '../config/find-publication.ts';
import { parsePublicationName } from '../config/publication-name.ts';
import { readPublication } from '../config/read-publication.ts';
import { withVersionOfTag } from '../config/version-of-tag.ts';
import { exitStatus } from '../lib/actionable-error.ts';
import { publicationRules } from '../plan/publication-rules.ts';
import { configText } from '../report/config-text.ts';
import type { Host } from './host.ts';
import { recordable } from './record-destination.ts';
import type { ReleaseArguments } from './release-arguments.ts';
import { sayJson, show } from './say.ts';

/**
 * Shows a config with everything that it extends, and where each value was written. Asks nothing else: neither AWS nor for
 * values of variables.
 *
 * @throws ActionableError (2) with all its problems.
 */
export function showConfig(
  { publication: asked, json }: Pick<ReleaseArguments, 'publication' | 'json'>,
  host: Host,
): number {
  const { cwd } = host;
  const publication = withVersionOfTag(asked, cwd);
  readPublication(publication, { cwd, rules: [...publicationRules, recordable], given: 'unneeded' });
  const found = findPublication(parsePublicationName(publication), cwd);
  const { value, origins = {} } = mergeAll(found);
  if (json) {
    const { name, file } = found;
    sayJson(host.stdout, { type: 'config', format: 2, publication: name, file, config: value, origins }, 2);
  } else {
    show(host.stdout, configText(value, origins));
  }
  return exitStatus.done;
}

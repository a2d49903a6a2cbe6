import { resolve } from 'node:path';
import { definedOnly } from '../lib/defined-only.ts';
import { type Problem, placeOf } from '../lib/problem.ts';
import type { Publication } from '../model/publication.ts';
import { filesOfProvisioner } from './named-files.ts';

/** Characters that `sh` does not interpret in an unquoted path. */
const plain = /^[\w./@%+:,{}-]*$/;

/**
 * `shell-local` scripts whose absolute path `sh` would not read as one word. Packer's own `execute_command` is `/bin/sh -c
 * "{{.Vars}} {{.Script}}"`, with the path unquoted, so the build would fail after its instance was launched (Packer's
 * documentation of the shell-local provisioner; Packer 1.6.6 and 1.16.0 do it).
 */
export const localScriptProblems = ({ folder, provisioners }: Publication): Problem[] =>
  provisioners.flatMap(({ type, script, scripts, execute_command: command }, index) => {
    if (type !== 'shell-local' || command !== undefined) return [];
    return filesOfProvisioner(type, definedOnly({ script, scripts })).flatMap(
      ({ option, path }): Problem[] => {
        const absolute = resolve(folder, path);
        if (plain.test(absolute)) return [];
        return [
          {
            place: `${placeOf(['provisioners', index])}.${option}`,
            expected: 'a path without spaces and special characters, since Packer passes it to sh unquoted',
            found: JSON.stringify(absolute),
            advice: `Set "execute_command": ["/bin/sh", "-c", "{{.Vars}} '{{.Script}}'"]`,
          },
        ];
      },
    );
  });

import type { Finding } from '../checks/finding.ts';
import { newerOptions } from '../config/newer-options.ts';
import { ActionableError } from '../lib/actionable-error.ts';
import { located } from '../lib/origins.ts';
import type { Publication } from '../model/publication.ts';
import type { ReleasePlan } from '../model/release-plan.ts';
import { findPacker, type PackerProgram } from '../packer/executable.ts';
import type { Host } from './host.ts';
import { validateByPacker } from './validate-by-packer.ts';

const versions = { check: 'options of this Packer', stops: 'building' } as const;
const validation = { check: 'packer validate', stops: 'building' } as const;

/**
 * Whether this machine's Packer knows and accepts the options of a plan, as findings. Without a usable Packer this is not
 * checked, since `publish` may run on another machine.
 */
export async function checkedByPacker(
  publication: Publication,
  plan: ReleasePlan,
  host: Pick<Host, 'cwd' | 'environment'>,
): Promise<Finding[]> {
  const packer = await packerOrWhyNot(host);
  if (packer instanceof ActionableError) return [notChecked(packer)];
  const newer = newerOptions(publication, packer);
  if (newer.length > 0) {
    return newer.map(({ place, expected, found, advice = '' }) => ({
      ...versions,
      place: located(publication, place),
      is: 'refused',
      code: 'packer-too-old',
      expected,
      found,
      todo: advice,
    }));
  }
  const known: Finding = { ...versions, is: 'ok' };
  const checked = await validateByPacker(publication, plan, packer, host);
  if ('broken' in checked) {
    return [known, notChecked(new ActionableError('packer-plugin-broken', checked.broken))];
  }
  if (checked.refused.length === 0) return [known, { ...validation, is: 'ok' }];
  return [
    known,
    ...checked.refused.map(
      ({ place, said, targets }): Finding => ({
        ...validation,
        place,
        targets,
        is: 'refused',
        code: 'config-rejected-by-packer',
        expected: `what Packer ${packer.version} accepts`,
        found: said,
        todo: 'Correct or remove it',
      }),
    ),
  ];
}

async function packerOrWhyNot({
  environment,
  cwd,
}: Pick<Host, 'cwd' | 'environment'>): Promise<PackerProgram | ActionableError> {
  try {
    return await findPacker({ environment, folder: cwd });
  } catch (error) {
    if (error instanceof ActionableError) return error;
    throw error;
  }
}

function notChecked({ problems, message }: ActionableError): Finding {
  const [problem] = problems;
  return {
    ...validation,
    is: 'not-checked',
    expected: problem ? `${problem.place}, ${problem.expected}` : 'a Packer that loads its amazon plugin',
    found: problem?.found ?? message,
    todo: problem?.advice ?? 'Correct that',
  };
}

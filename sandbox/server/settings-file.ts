import type { AccountRule } from '../model/account-settings.ts';
import type { Behaviour } from '../model/behaviour.ts';
import { ruleProblems } from '../model/settings/account-rule.ts';
import type { SettingsProblem } from '../model/settings/schema-parts.ts';
import { settingsSchema, type WrittenSettings } from '../model/settings/settings.ts';
import { SandboxError } from './sandbox-error.ts';
import { placeOf, schemaProblems } from './schema-problems.ts';

/** All problems of a settings file. */
export class SettingsError extends SandboxError {
  readonly problems: readonly SettingsProblem[];

  constructor(problems: readonly SettingsProblem[]) {
    super(problems.map(line).join('\n'));
    this.problems = problems;
  }
}

const line = ({ place, expected, found, advice }: SettingsProblem): string =>
  `settings${place === '' ? '' : `: ${place}`}: expected ${expected}, found ${found}. ${advice ?? 'docs/sandbox.md, "Settings", has all of them.'}`;

/** Reads settings from a file or the control endpoint. Throws `SettingsError`, which names each place. */
export function parseBehaviour(settings: unknown): Behaviour {
  const problems = schemaProblems(settings, settingsSchema);
  if (problems.length > 0) throw new SettingsError(problems);
  const { $schema: _, '//': __, now: ___, accounts: rules, ...rest } = settings as WrittenSettings;
  const contradictions = (rules ?? []).flatMap((rule, index) =>
    ruleProblems(rule).map((one) => ({ ...one, place: `${placeOf(['accounts', index])}.${one.place}` })),
  );
  if (contradictions.length > 0) throw new SettingsError(contradictions);
  return rules === undefined ? rest : { ...rest, accounts: rules.map(withoutRemark) };
}

/** Remarks, `$schema` and the `now` of `GET /_sandbox/settings`, whose answer may be posted unchanged, set nothing. */
const withoutRemark = ({ '//': _, ...rule }: NonNullable<WrittenSettings['accounts']>[number]): AccountRule =>
  rule;

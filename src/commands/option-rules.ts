import { ActionableError } from '../lib/actionable-error.ts';
import { connection, optionsOf, variables } from './options.ts';

/** Refuses two options that exclude each other. yargs' own `conflicts` treats a switch at its default value as given. */
export function refuseTogether(
  argv: Record<string, unknown>,
  one: string,
  others: readonly string[],
  command = 'publish',
): void {
  const other = others.find((name) => argv[name] === true);
  if (other === undefined || argv[one] === undefined || argv[one] === false) return;
  throw new ActionableError('usage-error', {
    place: `--${one} and --${other}`,
    expected: 'one of them',
    found: 'both',
    advice: `See gopackgo ${command} --help`,
  });
}

/** What `cleanup --restore` takes. */
const restoreTakes: ReadonlySet<string> = new Set([
  ...Object.keys(connection),
  ...Object.keys(variables),
  'yes',
  'json',
  'restore',
]);

/** Refuses the options of `cleanup` that `--restore` does not take. */
export function refuseBesideRestore(argv: Record<string, unknown>): void {
  const other = Object.keys(optionsOf.cleanup).find((name) => {
    const value = argv[name];
    return !restoreTakes.has(name) && value !== undefined && value !== false;
  });
  if (other === undefined) return;
  throw new ActionableError('usage-error', {
    place: `--restore and --${other}`,
    expected: 'one of them',
    found: 'both',
    advice: 'See gopackgo cleanup --help',
  });
}

/** Refuses options that only modify another option where that one is missing. */
export function refuseAlone(
  argv: Record<string, unknown>,
  options: readonly string[],
  other: string,
  command: string,
): void {
  const isGiven = (name: string) => argv[name] !== undefined && argv[name] !== false;
  const given = options.find(isGiven);
  if (given === undefined || isGiven(other)) return;
  throw new ActionableError('usage-error', {
    place: `--${given}`,
    expected: `--${other} beside it`,
    found: 'none',
    advice: `See gopackgo ${command} --help`,
  });
}

/** A whole number, 1 or more; yargs reads `--no-parallel` as false, which means one at a time. */
export function parseCount(option: string, value: unknown): number {
  if (value === false && option === 'parallel') return 1;
  const number = typeof value === 'number' ? value : Number.NaN;
  if (Number.isInteger(number) && number >= 1 && number <= 1000) return number;
  throw new ActionableError('usage-error', {
    place: `--${option}`,
    expected: 'a whole number from 1 to 1000',
    found: JSON.stringify(value),
  });
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { operations, type ServiceName, serviceNamed } from '../../sandbox/testing/internals.ts';
import type { Exercised } from './exercised.ts';

/** An operation that the sandbox has, with the members of its input that it carries out, of so many that AWS has. */
interface Handled {
  name: string;
  members: string[];
  all: number;
}

type Column = Exercised & { column: string };

const titles: Record<string, string> = {
  autoscaling: 'Auto Scaling',
  ec2: 'EC2',
  iam: 'IAM',
  s3: 'S3',
  servicequotas: 'Service Quotas',
  sns: 'SNS',
  ssm: 'Systems Manager',
  sts: 'STS',
};

/** docs/sandbox-operations.md: the operations in the code, and the results of the judges in `judged/`. */
export const operationsPage = async (): Promise<string> => {
  const columns = judgedColumns();
  const sections = Object.keys(operations).map(async (service) => {
    const name = service as ServiceName;
    return `## ${titles[name] ?? name}\n\n${tableOf(name, await handledBy(name), columns)}`;
  });
  return [introduction, legendOf(columns), ...(await Promise.all(sections))].join('\n');
};

const introduction = `# Operations of the sandbox

Written by \`node scripts/write-operations.ts\` from the code and from what the judges, other people's clients and test suites,
exercised when they last ran; tests keep it up to date. What an operation lacks is refused by name, never ignored; \`DryRun\` works
for all of EC2.

A ✓: the judge exercised the operation. A number: so many known differences, which the link lists with their reasons; some are
mistakes of AWS's documentation or of the other server, not of the sandbox. Operations without a ✓ are covered only by the sandbox's
own tests, through the AWS SDK for JavaScript.
`;

const judgedColumns = (): Column[] => {
  const folder = join(import.meta.dirname, 'judged');
  return readdirSync(folder)
    .sort()
    .map((file) => ({
      column: file.replace(/\.json$/, ''),
      ...(JSON.parse(readFileSync(join(folder, file), 'utf8')) as Exercised),
    }));
};

const handledBy = async (service: ServiceName): Promise<Handled[]> => {
  const { operations: schemas } = await serviceNamed(service);
  return Object.entries(operations[service])
    .map(([name, { knows }]) => {
      const input = schemas.get(name)?.input;
      const all = input?.isStructSchema() ? Object.keys(input.getMemberSchemas()) : [];
      const isMember = (member: string): boolean => member !== 'DryRun';
      return { name, members: [...knows].filter(isMember).sort(), all: all.filter(isMember).length };
    })
    .sort((one, other) => (one.name < other.name ? -1 : 1));
};

const legendOf = (columns: readonly Column[]): string =>
  table(
    ['column', 'judge', 'operations'],
    columns.map(({ column, judge, test, operations: its }) => [
      column,
      `[${judge}](../${test})`,
      String(Object.keys(its).length),
    ]),
  );

const tableOf = (service: ServiceName, handled: readonly Handled[], columns: readonly Column[]): string => {
  const at = ({ name }: Handled): string => `${service}:${name}`;
  const shown = columns.filter((column) => handled.some((one) => at(one) in column.operations));
  const rows = handled.map((one) => [
    `\`${one.name}\``,
    ...shown.map((column) => cellOf(column, at(one))),
    membersOf(one),
  ]);
  return table(['operation', ...shown.map(({ column }) => column), 'members'], rows);
};

const cellOf = ({ operations: its, known }: Column, operation: string): string => {
  const met = its[operation];
  if (met === undefined) return '';
  return met === 0 ? '✓' : `✓ [${met}](../${known})`;
};

const membersOf = ({ members, all }: Handled): string => {
  const names = members.map((member) => `\`${member}\``).join(', ');
  return members.length === all ? names || 'none there are' : `${members.length} of ${all}: ${names}`;
};

const table = (head: string[], rows: string[][]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('');

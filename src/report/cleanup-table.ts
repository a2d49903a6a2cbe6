import { mapTexts } from '../lib/map-texts.ts';
import { printable } from '../lib/printable.ts';
import type { CleanupPlan, PlannedAmi, UnseenRegion } from '../model/events.ts';
import type { Leftover } from '../model/resource.ts';
import { amountsInWords, amountsOf, withOthers } from './cleanup-amounts.ts';
import { type Paint, painter } from './color.ts';
import { place } from './heading.ts';
import { table } from './table.ts';
import { count, joinWords, wrap } from './text.ts';

/** AMIs kept for these reasons were not asked about, so they are only counted. */
const countedOnly: ReadonlySet<string> = new Set(['not ours', 'not chosen', 'among the newest']);

/**
 * The output of `gopackgo cleanup`: every AMI to delete, every requested AMI that is kept, with all reasons; then dependents,
 * leftovers, and regions that could not be looked up. Pure.
 */
export function cleanupTable(shown: CleanupPlan, width: number, paint: Paint = painter(false)): string {
  const plan = mapTexts(shown, printable);
  const { publication, release = publication, account, endpoint, regions } = plan;
  const title = `${release} · account ${account}${place(endpoint)} · ${count(regions.length, 'region')}`;
  const listed = plan.amis.filter(isListed);
  const lines = [
    paint('bold', title),
    ...(listed.length === 0 ? [] : [amiTable(listed, Date.parse(plan.createdAt), width, paint)]),
    ...(plan.leftovers.length === 0 ? [] : [leftoverTable(plan.leftovers, width, paint)]),
    ...notListed(plan.amis).flatMap((line) => wrap(`  ${line}`, width, '    ')),
    ...plan.unseen.flatMap((one) => unseenLines(one, width, paint)),
    ...guardLines(plan.amis, width, paint),
    ...(isOfNothing(plan) ? wrap(`  there is no AMI of ${release}`, width, '    ') : []),
    ...amountLines(plan).flatMap((line) => wrap(`  ${line}`, width, '    ')),
  ];
  return `${lines.join('\n')}\n`;
}

/** A release was named, but no region has any of it: it was deleted before, or its name is mistyped. */
export const isOfNothing = ({
  release,
  amis,
  leftovers,
  unseen,
}: Pick<CleanupPlan, 'release' | 'leftovers' | 'unseen'> & {
  amis: readonly Pick<PlannedAmi, 'release'>[];
}): boolean =>
  release !== undefined &&
  leftovers.length === 0 &&
  unseen.length === 0 &&
  amis.every((one) => one.release !== release);

function amountLines(plan: CleanupPlan): string[] {
  const amounts = amountsOf(plan);
  const { retired, unprotected } = amounts;
  return [
    `to delete: ${amountsInWords(amounts)}${emptyBuckets(plan)}`,
    ...(retired > 0
      ? [
          `to retire: ${count(retired, 'AMI')}, which ${retired === 1 ? 'is' : 'are'} private and disabled then, and deleted later`,
        ]
      : []),
    ...(plan.asked.usage && amounts.amis + retired + unprotected > 0
      ? [
          `once confirmed, EC2 is asked who uses these AMIs; those that other accounts use are ${plan.asked.includingUsed ? 'shown' : 'kept'}`,
        ]
      : []),
    ...(unprotected > 0
      ? [
          `to turn off: the protection of ${count(unprotected, 'AMI')}, which a cleanup after 24 hours can delete`,
        ]
      : []),
  ];
}

/** Which buckets will be empty is not known in advance. */
const emptyBuckets = ({ amis }: CleanupPlan): string =>
  amis.some(({ verdict, bundle }) => verdict === 'delete' && bundle !== undefined)
    ? ', and each bucket of gopackgo that is empty then'
    : '';

const isListed = ({ verdict, reasons }: PlannedAmi): boolean =>
  verdict !== 'keep' || !reasons.some(({ reason }) => countedOnly.has(reason));

function amiTable(amis: readonly PlannedAmi[], now: number, width: number, paint: Paint): string {
  const columns = [
    { title: 'TARGET', least: 18 },
    { title: 'AMI' },
    { title: 'RELEASE', spare: 2 },
    { title: 'NAME', least: 16, spare: 3 },
    { title: 'AGE', align: 'right' as const },
    { title: 'VERDICT' },
    { title: 'WHY', least: 12 },
  ];
  const rows = amis.map((one) => [
    { text: one.target ?? one.region },
    { text: one.ami },
    { text: one.release ?? '-' },
    { text: one.name },
    { text: age(now - Date.parse(one.created)) },
    { text: one.verdict, color: verdictColors[one.verdict] },
    { text: describeReasons(one) },
  ]);
  const drawn = table(columns, rows, width, paint);
  const [, ...lines] = drawn.split('\n');
  const cut = amis.filter((one, at) => !lines[at]?.endsWith(describeReasons(one)));
  return [
    drawn,
    ...whole(
      cut.map((one) => ({ id: one.ami, why: describeReasons(one) })),
      width,
    ),
  ].join('\n');
}

const verdictColors = { delete: 'red', retire: 'yellow', unprotect: 'yellow', keep: 'green' } as const;

function describeReasons(one: PlannedAmi): string {
  const notes = (one.notes ?? []).map((note) => `; ${note}`).join('');
  switch (one.verdict) {
    case 'delete':
      return `${goesWith(one)}${notes}`;
    case 'retire':
      return `made private and disabled${notes}`;
    case 'unprotect':
      return `its protection has a cooldown: it can be deleted 24 hours after it is turned off${notes}`;
    case 'keep':
      return one.reasons.map(({ said }) => said).join('; ');
  }
}

/** The full texts that a narrow table has cut, each once. */
const whole = (cut: readonly { id: string; why: string }[], width: number): string[] =>
  [...Map.groupBy(cut, ({ why }) => why)].flatMap(([why, some]) =>
    wrap(`    ${withOthers(some)}: ${why}`, width, '      '),
  );

/** `12 d`, `5 h`; `-` if the time cannot be read. */
export function age(milliseconds: number): string {
  const hours = Math.floor(milliseconds / 3_600_000);
  if (Number.isNaN(hours)) return '-';
  return hours < 48 ? `${Math.max(0, hours)} h` : `${Math.floor(hours / 24)} d`;
}

function goesWith({ snapshots, bundle, parameters = [], adopted, protection }: PlannedAmi): string {
  const all = [
    ...(snapshots.length > 0 ? [count(snapshots.length, 'snapshot')] : []),
    ...(bundle === undefined ? [] : [`bundle ${bundle}`]),
    ...parameters.map((name) => `parameter ${name}`),
  ];
  const by = adopted ? 'known by its name; ' : '';
  const first = protection === undefined ? '' : '; its protection is turned off first';
  return `${by}${all.length === 0 ? 'alone' : `with ${joinWords(all)}`}${first}`;
}

function leftoverTable(leftovers: readonly Leftover[], width: number, paint: Paint): string {
  const columns = [
    { title: 'LEFT BEHIND' },
    { title: 'REGION' },
    { title: 'ID', least: 24 },
    { title: 'OF', spare: 1 },
    { title: 'WHY', least: 12 },
  ];
  const rows = leftovers.map(({ kind, region, id, release, target, reason }) => [
    { text: kind, color: 'red' as const },
    { text: region },
    { text: id },
    { text: [release, target].filter(Boolean).join(' ') || '-' },
    { text: reason },
  ]);
  const drawn = table(columns, rows, width, paint);
  const [, ...lines] = drawn.split('\n');
  const cut = leftovers.filter(({ reason }, at) => !lines[at]?.endsWith(reason));
  return [
    drawn,
    ...whole(
      cut.map(({ id, reason }) => ({ id, why: reason })),
      width,
    ),
  ].join('\n');
}

const whyCounted = ({ reasons, otherRelease }: PlannedAmi): string | undefined =>
  otherRelease === undefined
    ? reasons.find((one) => countedOnly.has(one.reason))?.reason
    : 'of other publications';

/** How many AMIs were not asked about; `--json` has each. */
function notListed(amis: readonly PlannedAmi[]): string[] {
  const others = amis.filter((one) => !isListed(one));
  if (others.length === 0) return [];
  const first = ['of other publications', 'not ours', 'not chosen', 'among the newest'].flatMap((why) => {
    const number = others.filter((one) => whyCounted(one) === why).length;
    return number === 0 ? [] : [`${number} ${why}`];
  });
  const byName = others.filter(
    (one) => one.adopted && one.reasons.some(({ reason }) => reason === 'not ours'),
  );
  const adopt =
    byName.length === 0
      ? ''
      : `. ${byName.length} of them ${byName.length === 1 ? 'has a name' : 'have names'} of this publication: --adopt includes ${byName.length === 1 ? 'it' : 'them'}`;
  const more = others.length < amis.length ? 'more AMI' : 'AMI';
  return [`${count(others.length, more)} kept: ${joinWords(first)}; --json lists them${adopt}`];
}

const unseenLines = ({ region, why, bestEffort }: UnseenRegion, width: number, paint: Paint): string[] =>
  wrap(
    `  ✖ ${region}${bestEffort ? ' (best effort)' : ''}: could not be looked up, nothing is deleted there: ${why}`,
    width,
    '    ',
  ).map((line) => paint(bestEffort ? 'yellow' : 'red', line));

function guardLines(amis: readonly PlannedAmi[], width: number, paint: Paint): string[] {
  const held = amis.filter(({ reasons }) => reasons.some(({ reason }) => reason === 'guard'));
  if (held.length === 0) return [];
  const text = `  ! ${count(held.length, 'AMI')} kept only by a guard: --max-deletions and --max-share limit how much one run deletes`;
  return wrap(text, width, '    ').map((line) => paint('yellow', line));
}

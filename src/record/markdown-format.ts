import { byCodePoints, countMerged, type Place, type RecordFormat } from './format.ts';
import type { RecordedAmi } from './recorded-ami.ts';

/**
 * Release notes in Markdown: between two comments, a heading with the release and a table of its AMIs. The section of a
 * publication is replaced in place, or added at the end; all other text stays. Pure.
 */
export const markdownFormat = (publication: string): RecordFormat => ({
  what: 'a file of release notes in Markdown',
  merge(text, ours) {
    const found = sectionOf(text ?? '', publication);
    if ('problem' in found) {
      const place = `line ${found.problem.line}`;
      const expected = `one pair of comments for ${publication}, "${opening(publication)}" and "${closing(publication)}"`;
      return { ok: false, problems: [{ place, expected, found: found.problem.found }] };
    }
    const { before, section, after } = found;
    const listed = new Map(rowsOf(section).map((row) => [keyOf(row), row]));
    const merged = new Map([...listed, ...ours.map((ami) => [keyOf(ami), rowOf(ami)] as const)]);
    const rows = [...merged.values()].sort((one, other) => byCodePoints(orderOf(one), orderOf(other)));
    const [release] = ours;
    const now = release === undefined ? section : sectionText(release, rows);
    return {
      ok: true,
      text: `${before}${now}${after}`,
      ...countMerged(ours, (place) => listed.get(keyOf(place))?.id),
      omitted: [],
      lists: (place) => merged.has(keyOf(place)),
    };
  },
});

interface Row {
  region: string;
  image: string;
  architecture: string;
  id: string;
  version: string;
}

const opening = (publication: string) => `<!-- gopackgo: ${publication} -->`;
const closing = (publication: string) => `<!-- /gopackgo: ${publication} -->`;

const orderOf = ({ region, image }: Pick<Place, 'region' | 'image'>): string[] => [region, image];
const keyOf = (place: Pick<Place, 'region' | 'image'>): string => orderOf(place).join(' ');

const rowOf = ({ region, image, architecture, id, version }: RecordedAmi): Row => ({
  region,
  image,
  architecture,
  id,
  version,
});

function sectionText(
  { publication, version }: Pick<RecordedAmi, 'publication' | 'version'>,
  rows: readonly Row[],
): string {
  const mixed = rows.some((row) => row.version !== version);
  const head = ['Region', 'Image', 'Architecture', 'AMI', ...(mixed ? ['Version'] : [])];
  const cells = rows.map((row) => [
    row.region,
    row.image,
    row.architecture,
    `\`${row.id}\``,
    ...(mixed ? [row.version] : []),
  ]);
  const lines = [head, head.map(() => '---'), ...cells].map((line) => `| ${line.join(' | ')} |`);
  return [opening(publication), `## ${publication} ${version}`, '', ...lines, closing(publication)].join(
    '\n',
  );
}

/** The rows of a section as `sectionText` wrote it; a row without a version has the heading's version. */
function rowsOf(section: string): Row[] {
  const version = /^## \S+ (\S+)$/m.exec(section)?.[1] ?? '';
  const row = /^\| ([a-z0-9-]+) \| (\S+) \| (\S+) \| `(ami-[0-9a-f]+)` \|(?: (\S+) \|)?$/gm;
  return [...section.matchAll(row)].map(
    ([, region = '', image = '', architecture = '', id = '', own = version]) => ({
      region,
      image,
      architecture,
      id,
      version: own,
    }),
  );
}

type Sections =
  | { before: string; section: string; after: string }
  | { problem: { line: number; found: string } };

function sectionOf(text: string, publication: string): Sections {
  const marks = [...text.matchAll(/^<!-- (\/?)gopackgo: (.*) -->$/gm)].filter(
    ([, , name]) => name === publication,
  );
  const [first, second, third] = marks;
  if (first === undefined) return { before: asParagraph(text), section: '', after: '\n' };
  const lineOf = (offset: number) => text.slice(0, offset).split('\n').length;
  if (first[1] === '/') return { problem: { line: lineOf(first.index), found: 'the closing one first' } };
  if (second === undefined) return { problem: { line: lineOf(first.index), found: 'only the first one' } };
  if (second[1] !== '/' || third !== undefined) {
    return { problem: { line: lineOf((third ?? second).index), found: 'one more' } };
  }
  const end = second.index + second[0].length;
  return {
    before: text.slice(0, first.index),
    section: text.slice(first.index, end),
    after: text.slice(end),
  };
}

/** Text that a separate paragraph can follow. */
const asParagraph = (text: string): string =>
  text === '' || text.endsWith('\n\n') ? text : text.endsWith('\n') ? `${text}\n` : `${text}\n\n`;

import { findNodeAtOffset, getNodePath, getNodeValue, type Node, parseTree } from 'jsonc-parser';
import { literally } from '../lib/literally.ts';
import { redact } from '../lib/redact.ts';

/** One error of `packer validate`. */
export interface Refusal {
  /** Packer's message, redacted, on one line. */
  words: string;
  /** The target whose part of the template it concerns; absent if Packer names none. */
  target?: string;
  /** Which of that target's provisioners it concerns, by index; absent for the builder. */
  provisioner?: number;
  /** The path of the option: `['launch_block_device_mappings', 0, 'volume_size']`. Empty if Packer names none. */
  option: (string | number)[];
}

/** A template: the path that Packer names in its errors, and the content. */
export interface ReadTemplate {
  file: string;
  text: string;
}

type Place = Omit<Refusal, 'words'>;

/**
 * The errors in the output of `packer validate`, each with its place in the template. Packer names lines, and shows no source
 * for a template in JSON. Empty if nothing in the output can be parsed. Pure.
 */
export function readRefusals(output: string, template: ReadTemplate): Refusal[] {
  const tree = parseTree(template.text);
  if (!tree) return [];
  return diagnostics(output).flatMap((diagnostic) => refusalsOf(diagnostic, template, tree));
}

/** Packer 1.6.6 crashes after some errors; the crash report is not part of them. */
const crash = /^(?:!{10,} PACKER CRASH|panic: )/;
const begins = /^(Error|Warning|\?{3,}): /;

function diagnostics(output: string): string[] {
  const found: { kind: string; lines: string[] }[] = [];
  for (const line of output.split('\n')) {
    if (crash.test(line)) break;
    const [start, kind] = begins.exec(line) ?? [];
    if (start !== undefined && kind !== undefined) found.push({ kind, lines: [line.slice(start.length)] });
    else found.at(-1)?.lines.push(line);
  }
  return found.filter(({ kind }) => kind !== 'Warning').map(({ lines }) => lines.join('\n'));
}

function refusalsOf(diagnostic: string, { file, text }: ReadTemplate, tree: Node): Refusal[] {
  const location = new RegExp(
    `^ *on ${literally(file)} line (\\d+)[^\\n]*:\\n(?: *\\(source code not available\\)\\n?| +\\d+: .*\\n?)*`,
    'm',
  );
  const line = location.exec(diagnostic)?.[1];
  return separateErrors(diagnostic.replace(location, '')).map((error): Refusal => {
    // The path may be wrapped, like all of Packer's text.
    const inside = new RegExp(`${file.split(/\s+/).map(literally).join('\\s+')}:(\\d+),[\\d,-]+: `);
    const closer = inside.exec(error)?.[1];
    const words = withSortedLists(error.replace(inside, ''));
    const at = placeAtLine(closer ?? line, text, tree) ?? placeByName(words, tree);
    const place = at ? withNamedOption(withNamedProvisioner(at, words, tree), words, tree) : { option: [] };
    return { words: redact(words), ...place };
  });
}

const counted = /(?:^|\n) *\d+ error(?:\(s\)|s)? (?:occurred|decoding):\s*\n/;

/** Packer lists the errors of one block: each becomes an error of its own, with the text before the list. */
function separateErrors(text: string): string[] {
  const [before = '', ...lists] = text.split(counted);
  const listed = lists
    .join('\n')
    .split(/(?:^|\n) *\* /)
    .slice(1);
  if (listed.length === 0) return [inOneLine(text)];
  return listed.map((item) => inOneLine(`${before}\n\n${item}`));
}

/** Joins paragraphs with a colon: the summary comes first. */
function inOneLine(text: string): string {
  return text
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.trim().replace(/\s+/g, ' '))
    .filter((paragraph) => paragraph !== '')
    .reduce((said, next) => `${said}${/[:.!?]$/.test(said) ? '' : ':'} ${next}`, '')
    .replace(/^: /, '');
}

/** Packer lists known names in a different order each time, but the same error should be reported once. */
const withSortedLists = (words: string): string =>
  words.replace(
    /(\bknown [a-z ]+: \[)([^\]]*)\]/g,
    (_, start: string, list: string) => `${start}${list.split(' ').sort().join(' ')}]`,
  );

function placeAtLine(line: string | undefined, text: string, tree: Node): Place | undefined {
  if (line === undefined) return undefined;
  const lines = text.split('\n');
  const before = lines.slice(0, Number(line) - 1);
  const indent = lines[before.length]?.search(/\S/) ?? -1;
  if (indent === -1) return undefined;
  const offset = before.reduce((sum, { length }) => sum + length + 1, indent);
  const node = findNodeAtOffset(tree, offset, true);
  return node && placeOfPath(getNodePath(node), tree);
}

function placeOfPath(path: (string | number)[], tree: Node): Place | undefined {
  const [part, first, second, third, , ...inside] = path;
  if (part === 'source') {
    return typeof second === 'string' ? { target: second, option: path.slice(3) } : undefined;
  }
  if (part !== 'build' || typeof first !== 'number') return undefined;
  const target = templateOf(tree).build[first]?.sources[0]?.replace(/^source\.[^.]+\./, '');
  if (target === undefined) return undefined;
  if (second !== 'provisioner' || typeof third !== 'number') return { target, option: [] };
  return { target, provisioner: third, option: inside };
}

interface Template {
  source: Record<string, Record<string, Record<string, unknown>>>;
  build: { sources: string[]; provisioner?: Record<string, Record<string, unknown>>[] }[];
}

const templateOf = (tree: Node): Template => getNodeValue(tree);

const targetsOf = (tree: Node): string[] => Object.values(templateOf(tree).source).flatMap(Object.keys);

/** For errors without a line but with the name of a source; the longest matching name wins. */
function placeByName(words: string, tree: Node): Place | undefined {
  const named = targetsOf(tree).filter((name) =>
    new RegExp(`(?<![\\w-])${literally(name)}(?![\\w-])`).test(words),
  );
  const [target] = named.toSorted((one, other) => other.length - one.length);
  return target === undefined ? undefined : { target, option: [] };
}

/** For an unknown provisioner current Packer gives the line where the list of provisioners starts, and the type. */
function withNamedProvisioner(place: Place, words: string, tree: Node): Place {
  const [, type] = /^Unknown provisioner type "([^"]+)"/.exec(words) ?? [];
  if (type === undefined || place.provisioner !== undefined) return place;
  const provisioners = buildOf(place, templateOf(tree))?.provisioner ?? [];
  const provisioner = provisioners.findIndex((one) => Object.hasOwn(one, type));
  return provisioner === -1 ? place : { ...place, provisioner };
}

/** The option named in the message, if it names exactly one. */
function withNamedOption(place: Place, words: string, tree: Node): Place {
  if (place.option.length > 0) return place;
  const set = Object.keys(blockOf(place, templateOf(tree)));
  const snake = words.match(/(?<![\w/.-])[a-z][a-z0-9]*(?:_[a-z0-9]+)+(?![\w/.-])/g) ?? [];
  const quoted = [...words.matchAll(/(['"])(\w+)\1/g)].map(([, , name = '']) => name);
  const names = [...new Set([...snake, ...quoted])];
  const known = names.filter((name) => set.includes(name));
  const lacking = /must be (?:specified|set)|is required|are required/.test(words) ? [...new Set(snake)] : [];
  const [option, another] = known.length > 0 ? known : lacking;
  if (another !== undefined) return place;
  const path = option === undefined ? pathByFirstWord(words, blockOf(place, templateOf(tree))) : [option];
  return path === undefined ? place : { ...place, option: path };
}

/**
 * For errors such as "Throughput must be between 125 and 1000 for device /dev/sda1": the only option with that name, in a list
 * of them.
 */
function pathByFirstWord(words: string, block: Record<string, unknown>): (string | number)[] | undefined {
  const name = words.replace(/[^A-Za-z_].*$/s, '').toLowerCase();
  const found = Object.entries(block).flatMap(([option, items]) =>
    Array.isArray(items)
      ? items.flatMap((item, index) => {
          const isOf = typeof item === 'object' && item !== null && Object.hasOwn(item, name);
          const device = isOf && 'device_name' in item ? String(item.device_name) : '';
          return isOf && words.includes(device) ? [[option, index, name]] : [];
        })
      : [],
  );
  return found.length === 1 ? found[0] : undefined;
}

function blockOf({ target = '', provisioner }: Place, { source, build }: Template): Record<string, unknown> {
  if (provisioner === undefined) {
    return Object.values(source).find((sources) => Object.hasOwn(sources, target))?.[target] ?? {};
  }
  const own = buildOf({ target }, { build });
  return Object.values(own?.provisioner?.[provisioner] ?? {})[0] ?? {};
}

const buildOf = ({ target = '' }: Pick<Place, 'target'>, { build }: Pick<Template, 'build'>) =>
  build.find(({ sources }) => sources.some((name) => name.endsWith(`.${target}`)));

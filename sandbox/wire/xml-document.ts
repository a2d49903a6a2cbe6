/** An element of an XML document, its name without namespace prefix. Attribute names are as written. */
export interface XmlElement {
  name: string;
  attributes: Record<string, string>;
  children: XmlElement[];
  /** All text directly in it. */
  text: string;
}

const depthLimit = 32;

const name = '[A-Za-z_][A-Za-z0-9_.:-]*';
const attribute = `${name}\\s*=\\s*(?:"[^"<]*"|'[^'<]*')`;
const tokens = new RegExp(
  [
    '<!--[\\s\\S]*?-->',
    '<\\?[\\s\\S]*?\\?>',
    '<!\\[CDATA\\[(?<data>[\\s\\S]*?)\\]\\]>',
    `</(?<closes>${name})\\s*>`,
    `<(?<opens>${name})(?<attributes>(?:\\s+${attribute})*)\\s*(?<empty>/?)>`,
    '(?<text>[^<]+)',
  ].join('|'),
  'y',
);

/**
 * The root element of a document. Strict and small: no document types, so no entities except XML's own five. Throws
 * `SyntaxError` for a document that is not well-formed.
 */
export const readXmlDocument = (text: string): XmlElement => {
  const top: XmlElement = { name: '', attributes: {}, children: [], text: '' };
  const open: { element: XmlElement; written: string }[] = [{ element: top, written: '' }];
  const source = text.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n');
  for (let at = 0; at < source.length; ) {
    tokens.lastIndex = at;
    const match = tokens.exec(source);
    if (!match) throw new SyntaxError(`No XML at character ${at}`);
    at = tokens.lastIndex;
    read(match.groups ?? {}, open);
  }
  const [root, ...more] = top.children;
  if (open.length > 1 || !root || more.length > 0 || top.text.trim() !== '') {
    throw new SyntaxError('Not exactly one complete root element');
  }
  return root;
};

const read = (
  { data, closes, opens, attributes = '', empty, text }: Record<string, string | undefined>,
  open: { element: XmlElement; written: string }[],
): void => {
  const inside = open[open.length - 1];
  if (!inside) throw new SyntaxError('No element is open');
  if (data !== undefined) inside.element.text += data;
  if (text !== undefined) inside.element.text += withoutEntities(text);
  if (closes !== undefined) {
    if (open.length === 1 || inside.written !== closes) throw new SyntaxError(`</${closes}> closes nothing`);
    open.pop();
  }
  if (opens !== undefined) {
    if (open.length > depthLimit) throw new SyntaxError(`More than ${depthLimit} levels`);
    const element = { name: localName(opens), attributes: attributesOf(attributes), children: [], text: '' };
    inside.element.children.push(element);
    if (empty === '') open.push({ element, written: opens });
  }
};

const localName = (written: string): string => written.slice(written.indexOf(':') + 1);

const attributesOf = (text: string): Record<string, string> =>
  Object.fromEntries(
    [...text.matchAll(new RegExp(`(${name})\\s*=\\s*(?:"([^"<]*)"|'([^'<]*)')`, 'g'))].map(
      ([, its = '', inDouble, inSingle]) => [its, withoutEntities(inDouble ?? inSingle ?? '')],
    ),
  );

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const withoutEntities = (text: string): string =>
  text.replace(/&([^;]*;?)/g, (written, body: string) => {
    const known = body.endsWith(';') ? entities[body.slice(0, -1)] : undefined;
    if (known !== undefined) return known;
    const [, hexadecimal, decimal] = /^#(?:x([0-9a-fA-F]{1,6})|(\d{1,7}));$/.exec(body) ?? [];
    const code = hexadecimal === undefined ? Number(decimal) : Number.parseInt(hexadecimal, 16);
    if (!(code > 0 && code <= 0x10ffff)) throw new SyntaxError(`${written} is not an entity`);
    return String.fromCodePoint(code);
  });

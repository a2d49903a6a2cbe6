/** A problem, often specific to a region, with advice. */
export interface RegionalTrouble {
  region?: string;
  /** Its place in the config, with its file. */
  place?: string;
  check: string;
  expected: string;
  found: string;
  /** A sentence, with the command to run. */
  todo: string;
  /** The command in `todo`, on its own. */
  command?: string;
}

/** The same problem in one or several regions. */
export interface CommonTrouble {
  regions: string[];
  /** `eu-west-1: check: expected …, found …`, or `check, in 8 regions: expected …, found …`; with its place, if it has one. */
  said: string;
  /** Advice; for several regions with its command in a shell loop. */
  todo: string;
}

/** Groups problems that differ only in the region's name, in order of first occurrence. Pure. */
export function groupRegions(troubles: readonly RegionalTrouble[]): CommonTrouble[] {
  const anywhere = ({ region, place = '', check, expected, found, todo }: RegionalTrouble) =>
    JSON.stringify([place, check, expected, found, todo].map((text) => inWords(text, region)));
  return [...Map.groupBy(troubles, anywhere).values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    const regions = [...new Set(same.flatMap(({ region }) => region ?? []))];
    return [regions.length > 1 ? inSeveral(first, regions) : inOnePlace(first, regions)];
  });
}

/** Its place: `us-east-1: configs/web.json: images[0].builder.subnet_id: subnet`. Pure. */
export const placeOfTrouble = ({
  region,
  place,
  check,
}: Pick<RegionalTrouble, 'region' | 'place' | 'check'>): string =>
  [region, place, check].filter((part) => part !== undefined && part !== '').join(': ');

const inOnePlace = (trouble: RegionalTrouble, regions: string[]): CommonTrouble => ({
  regions,
  said: `${placeOfTrouble(trouble)}: expected ${trouble.expected}, found ${trouble.found}`,
  todo: trouble.todo,
});

function inSeveral(
  { region, place, check, expected, found, todo, command }: RegionalTrouble,
  regions: string[],
): CommonTrouble {
  const anywhere = (text: string) => inWords(text, region);
  const loop = `for region in ${regions.join(' ')}; do ${command && named(command, region, () => '"$region"')}; done`;
  const at = place ? `${anywhere(place)}: ` : '';
  return {
    regions,
    said: `${at}${check}, in ${regions.length} regions: expected ${anywhere(expected)}, found ${anywhere(found)}`,
    todo:
      command === undefined
        ? `In ${regions.join(' ')}: ${anywhere(todo)}`
        : todo.split(command).map(anywhere).join(loop),
  };
}

/** A sentence that holds in several regions: `an ARN of arn:aws:kms:{region}:…, which the region does not have`. */
const inWords = (text: string, region: string | undefined): string =>
  named(text, region, (isWord) => (isWord ? 'the region' : '{region}'));

/** With something in place of the region's name, which is a word of its own or a part of one. */
function named(text: string, region: string | undefined, instead: (isWord: boolean) => string): string {
  if (region === undefined) return text;
  const parts = text.split(region);
  return parts.slice(1).reduce((said, next, index) => {
    const isWord = /(?:^|[\s(])$/.test(parts[index] ?? '') && /^(?:$|[\s).,;:'])/.test(next);
    return `${said}${instead(isWord)}${next}`;
  }, parts[0] ?? '');
}

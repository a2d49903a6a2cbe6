/** A problem found in a region, and what to do about it. */
export interface RegionalTrouble {
  region: string;
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
  /** `eu-west-1: check: expected …, found …`, or `check, in 8 regions: expected …, found …`. */
  said: string;
  /** What to do; for several regions with its command in a shell loop. */
  todo: string;
}

/** Groups problems that differ only in the region's name, in order of first occurrence. Pure. */
export function groupRegions(troubles: readonly RegionalTrouble[]): CommonTrouble[] {
  const anywhere = ({ region, check, expected, found, todo }: RegionalTrouble) =>
    JSON.stringify([check, expected, found, todo].map((text) => text.replaceAll(region, '$region')));
  return [...Map.groupBy(troubles, anywhere).values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    const regions = [...new Set(same.map(({ region }) => region))];
    return [regions.length === 1 ? inOneRegion(first) : inSeveral(first, regions)];
  });
}

const inOneRegion = ({ region, check, expected, found, todo }: RegionalTrouble): CommonTrouble => ({
  regions: [region],
  said: `${region}: ${check}: expected ${expected}, found ${found}`,
  todo,
});

function inSeveral(
  { region, check, expected, found, todo, command }: RegionalTrouble,
  regions: string[],
): CommonTrouble {
  const anyRegion = (text: string) => text.replaceAll(region, '$region');
  const loop = `for region in ${regions.join(' ')}; do ${command?.replaceAll(region, '"$region"')}; done`;
  return {
    regions,
    said: `${check}, in ${regions.length} regions: expected ${anyRegion(expected)}, found ${anyRegion(found)}`,
    todo:
      command === undefined
        ? `In ${regions.join(' ')}: ${anyRegion(todo)}`
        : todo.split(command).map(anyRegion).join(loop),
  };
}

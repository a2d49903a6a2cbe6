/** Whether a combination of a matrix is excluded: it has all values of one of the exclusions. Pure. */
export const isExcluded = (
  excluded: readonly Readonly<Record<string, string>>[],
  combination: Readonly<Record<string, string>>,
): boolean =>
  excluded.some((one) => Object.entries(one).every(([variable, value]) => combination[variable] === value));

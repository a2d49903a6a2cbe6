/** Set by hand, this tag keeps an AMI, and prevents any other resource from counting as a leftover. */
export const keepTag = 'gopackgo:keep';

export const isKept = ({ tags }: { tags: Readonly<Record<string, string>> }): boolean => keepTag in tags;

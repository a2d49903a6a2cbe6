/** Set by a person's hand, it keeps an AMI, and whatever else bears it from counting as left behind. */
export const keepTag = 'gopackgo:keep';

export const isKept = ({ tags }: { tags: Readonly<Record<string, string>> }): boolean => keepTag in tags;

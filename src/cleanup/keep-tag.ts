/** Set by hand, it keeps an AMI, and keeps any other resource from counting as left behind. */
export const keepTag = 'gopackgo:keep';

export const isKept = ({ tags }: { tags: Readonly<Record<string, string>> }): boolean => keepTag in tags;

/** A file's mode in the notation of scp and people: `0644`. */
export const octal = (mode: number): string => `0${(mode & 0o777).toString(8).padStart(3, '0')}`;

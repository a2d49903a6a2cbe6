import type fs from 'node:fs/promises';

/** What is done to the disk, passed in so that tests can let any of it fail. */
export type Disk = Pick<typeof fs, 'lstat' | 'mkdir' | 'open' | 'readdir' | 'readFile' | 'rename' | 'rm'>;

import type fs from 'node:fs/promises';

/** File system calls, passed in so that tests can make any of them fail. */
export type Disk = Pick<typeof fs, 'lstat' | 'mkdir' | 'open' | 'readdir' | 'readFile' | 'rename' | 'rm'>;

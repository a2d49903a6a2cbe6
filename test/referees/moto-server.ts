import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RefereesEnvironment } from './environment.ts';

export interface MotoServer {
  /** `http://127.0.0.1:PORT` */
  url: string;
  close: () => Promise<void>;
}

/** Milliseconds until it must listen. */
const limit = 60_000;

/**
 * moto's server on loopback, with the images given (as `gen_moto_amis` of moto writes them) in every region and the
 * checks that are off by default. Throws with its output if it does not start.
 */
export const motoServer = (
  { python }: RefereesEnvironment,
  folder: string,
  images: unknown,
): Promise<MotoServer> => {
  const seed = join(folder, 'moto-images.json');
  writeFileSync(seed, JSON.stringify(images));
  const server = spawn(python, ['-m', 'moto.server', '-H', '127.0.0.1', '-p', '0'], {
    cwd: folder,
    env: {
      PATH: '/usr/bin:/bin',
      HOME: folder,
      PYTHONUNBUFFERED: '1',
      MOTO_AMIS_PATH: seed,
      MOTO_ENABLE_AMI_VALIDATION: 'true',
      MOTO_ENABLE_KEYPAIR_VALIDATION: 'true',
      MOTO_EC2_ENABLE_INSTANCE_TYPE_VALIDATION: 'true',
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const closed = new Promise<void>((resolve) => {
    server.once('close', () => resolve());
  });
  const close = async () => {
    server.kill();
    await closed;
  };
  return new Promise((resolve, reject) => {
    let printed = '';
    const fail = (why: string) => {
      clearTimeout(timer);
      server.kill('SIGKILL');
      reject(new Error(`moto's server ${why}:\n${printed.slice(-4000)}`));
    };
    const timer = setTimeout(() => fail(`did not listen within ${limit} ms`), limit);
    server.once('error', (error) => fail(`did not start: ${error.message}`));
    server.once('exit', (status) => fail(`ended with ${status}`));
    server.stderr.on('data', (chunk: Buffer) => {
      printed = (printed + chunk.toString('utf8')).slice(-16_000);
      const url = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(printed)?.[1];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve({ url, close });
    });
  });
};

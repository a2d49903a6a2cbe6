import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { platform } from 'node:os';
import { join, relative } from 'node:path';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { parse } from 'jsonc-parser';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Fault } from '../../sandbox/index.ts';
import { makePair } from '../../src/instance-store/make-pair.ts';
import { formsOf } from '../../src/lib/hide-secrets.ts';
import { type Seen, watchProcesses } from './argument-lists.ts';
import { newProject, type Project, type RunningSandbox, until } from './project.ts';

let project: Project;
beforeEach(async () => {
  project = await newProject();
});
afterEach(() => project.remove());

const password = 'correct "horse"/bättery+staple';
const profile = { roles: [{ name: 'release' }], instanceProfiles: ['gopackgo-bundler'] };

/** Everything that a run must keep to itself, by kind. */
interface Planted {
  secrets: Record<string, string>;
  environment: Record<string, string>;
}

/** Temporary keys in the environment, a password beside them, a certificate's key in a file. */
async function plant({ clients, environment }: RunningSandbox): Promise<Planted> {
  const RoleArn = 'arn:aws:iam::123456789012:role/release';
  const { Credentials } = await clients
    .sts('us-east-1')
    .send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'ada' }));
  const { AccessKeyId: id = '', SecretAccessKey: secret = '', SessionToken: token = '' } = Credentials ?? {};
  const { certificate, privateKey } = await makePair(Date.now());
  await mkdir(project.path('mine'));
  await writeFile(project.path('mine/cert.pem'), certificate);
  await writeFile(project.path('mine/key.pem'), privateKey);
  await mkdir(project.path('tmp'));
  const inside = privateKey.split('\n')[2] ?? '';
  expect(inside.length).toBeGreaterThan(40);
  return {
    secrets: { id, secret, token, password, 'private key': inside },
    environment: {
      ...environment,
      AWS_ACCESS_KEY_ID: id,
      AWS_SECRET_ACCESS_KEY: secret,
      AWS_SESSION_TOKEN: token,
      DB_PASSWORD: password,
      GOPACKGO_CERTIFICATE: project.path('mine/cert.pem'),
      GOPACKGO_PRIVATE_KEY: project.path('mine/key.pem'),
      TMPDIR: project.path('tmp'),
    },
  };
}

/** Where one of these appears, in any form: in a file below the folder, in the output, in an argument list. */
async function leaks(
  secrets: Record<string, string>,
  run: { stdout: string; stderr: string },
  seen: Seen,
  allowed: (place: string, what: string) => boolean = () => false,
): Promise<string[]> {
  const entries = await readdir(project.folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !/^(?:mine\/|faults\.json$)/.test(relative(project.folder, file)));
  const places: [string, string][] = [
    ['stdout', run.stdout],
    ['stderr', run.stderr],
    ...[...seen.commands].map((command): [string, string] => ['an argument list', command]),
  ];
  for (const file of files) places.push([relative(project.folder, file), await readFile(file, 'latin1')]);
  expect(files.some((file) => file.endsWith('result.json'))).toBe(true);
  expect(files.some((file) => file.endsWith('calls.ndjson'))).toBe(true);
  return places.flatMap(([place, text]) =>
    Object.entries(secrets)
      .filter(([, secret]) =>
        formsOf(Buffer.from(secret).toString('latin1'))
          .concat(formsOf(secret))
          .some((form) => text.includes(form)),
      )
      .filter(([what]) => !allowed(place, what))
      .map(([what]) => `${what} in ${place}`),
  );
}

/** A script that prints everything it was given, in several forms, and fails. */
const tells = (texts: readonly string[]): Fault => ({
  on: 'ssh',
  command: 'RELEASE=',
  times: 0,
  does: {
    exit: 9,
    stderr: texts.map((text) => `${text}\n${Buffer.from(text).toString('base64')}\n`).join(''),
  },
});

const buildLog = (file: string) => /attempts\/[^/]+\/\d+\/log$/.test(file);
/** The sandbox's record of a command; if a fault answers it, that answer. */
const commandRecord = (file: string) => file.endsWith('/commands.ndjson');
const debugLog = (file: string) => /attempts\/[^/]+\/\d+\/debug\.log$/.test(file);

describe.skipIf(platform() !== 'linux')(
  'the secrets of whoever runs it appear in nothing that a run writes or shows',
  () => {
    const start = async (sandbox: RunningSandbox, name: string, ...more: string[]) => {
      const planted = await plant(sandbox);
      const { child, ended } = project.start(['publish', name, '--yes', ...more], planted.environment);
      const watching = watchProcesses(project.folder, ended);
      const done = async () => {
        const [run, seen] = await Promise.all([ended, watching]);
        expect(seen.tokens.size).toBe(1);
        return { run, seen, secrets: { ...planted.secrets, 'token of the broker': [...seen.tokens].join() } };
      };
      return { child, done, ...planted };
    };
    const sandboxWith = (...faults: Fault[]) => project.sandbox(faults, { accounts: [profile] });

    it('when it succeeds, with lines or JSON as output', async () => {
      const { done } = await start(await sandboxWith(), 'test-ebs', '--json');
      const { run, seen, secrets } = await done();
      expect(run.exit, run.stderr).toBe(0);
      expect(await leaks(secrets, run, seen)).toEqual([]);
    });

    it('when a script prints them and fails, except in its own log, which only its owner can read', async () => {
      const sandbox = await sandboxWith();
      const { done, secrets: planted } = await start(sandbox, 'test-ebs');
      await sandbox.addFaults([tells(Object.values(planted))]);
      const { run, seen, secrets } = await done();
      expect(run.exit).toBe(1);
      expect(run.stderr).toContain('(secret)');
      expect(await leaks(secrets, run, seen, (place) => buildLog(place) || commandRecord(place))).toEqual([]);
      const logs = (await readdir(project.folder, { recursive: true })).filter(buildLog);
      expect(logs).toHaveLength(2);
      for (const log of logs) expect(await readFile(project.path(log), 'utf8')).toContain(password);
    });

    it('when it is interrupted', async () => {
      const sandbox = await sandboxWith({ on: 'ssh', command: 'RELEASE=', times: 0, does: { delay: 3_000 } });
      const { child, done } = await start(sandbox, 'test-ebs');
      await until('both build', async () => {
        const calls = await sandbox.calls();
        return calls.filter(({ operation }) => operation === 'RunInstances').length === 2;
      });
      child.kill('SIGINT');
      const { run, seen, secrets } = await done();
      expect(run.exit).toBe(130);
      expect(await leaks(secrets, run, seen)).toEqual([]);
    });

    it.each([
      ["with the builder's own role", 'instance-profile', () => false],
      [
        'with keys on its command line, which the debug log has that was asked for',
        'command-line',
        // The sandbox's record has the id of the key, which AWS does not consider a secret.
        (place: string, what: string) => debugLog(place) || (commandRecord(place) && what === 'id'),
      ],
    ])('when an instance-store image is bundled %s', async (_how, credentials, allowed) => {
      const file = project.path('configs/test-instance.json');
      const config = parse(await readFile(file, 'utf8'), [], { allowTrailingComma: true });
      const [image] = config.images;
      image.bundle = { ...image.bundle, credentials };
      if (credentials === 'command-line') delete image.builder.iam_instance_profile;
      await writeFile(file, JSON.stringify(config));
      const debug = credentials === 'command-line' ? ['--verbose'] : [];
      const { done } = await start(await sandboxWith(), 'test-instance', '--only', '1404-hvm', ...debug);
      const { run, seen, secrets } = await done();
      expect(run.exit, run.stderr).toBe(0);
      expect(await leaks(secrets, run, seen, allowed)).toEqual([]);
    });
  },
);

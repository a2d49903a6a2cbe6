import { expect, it } from 'vitest';
import { findBrokenScript } from '../../server/script-check.ts';
import { uploadedFiles } from '../../server/uploaded-files.ts';
import { temporaryFolder } from './stand-in.ts';

const brokenShell = 'if true; then\n';
const path = '/tmp/my script.sh';

async function check(command: string, content: string) {
  const folder = temporaryFolder();
  const files = uploadedFiles(folder);
  async function* once() {
    yield Buffer.from(content);
  }
  await files.writeFile(path, 0o755, once());
  return { folder, broken: await findBrokenScript(command, 'ubuntu', files) };
}

it.each([
  "'/tmp/my script.sh'",
  '/tmp/my\\ script.sh now',
  'chmod +x "/tmp/my script.sh"; A=\'b; rm c\' "/tmp/my script.sh"',
  'sudo -E bash -x "/tmp/my script.sh"',
  `sudo sh -c '"/tmp/my script.sh" && true'`,
  'cd / && . "../../tmp/my script.sh"',
  '"../../tmp/my script.sh"',
])('%s runs it', async (command) => {
  const { broken, folder } = await check(command, `#!/bin/sh\n${brokenShell}`);
  expect(broken).toEqual({
    path,
    stderr: expect.stringMatching(/^\/tmp\/my script\.sh: line \d+: syntax error/),
  });
  expect(broken?.stderr).not.toContain(folder);
});

it.each([
  'chmod 0755 "/tmp/my script.sh"',
  'rm -f "/tmp/my script.sh"',
  'sudo chown root "/tmp/my script.sh" && ls "/tmp/my script.sh"',
  '/tmp/my script.sh',
  'echo "/tmp/my script.sh.bak"',
])('%s does not', async (command) => {
  expect((await check(command, `#!/bin/sh\n${brokenShell}`)).broken).toBeUndefined();
});

it.each([
  ['#!/bin/bash', true],
  ['#!/bin/sh -e', true],
  ['#! /usr/bin/env bash', true],
  ['#!/usr/bin/env -S bash -eu', true],
  ['#!/usr/local/bin/bash', true],
  ['#!/usr/bin/env python3', false],
  ['#!/bin/zsh', false],
  ['#!/usr/bin/fish', false],
  ['', false],
])('a script that begins with %j is read by bash: %s', async (shebang, isRead) => {
  const { broken } = await check('"/tmp/my script.sh"', `${shebang}\n${brokenShell}`);
  expect(broken !== undefined).toBe(isRead);
});

it('runs no part of a script, valid or broken', async () => {
  const folder = temporaryFolder();
  const script = `#!/bin/bash\ntouch '${folder}/made'\necho "\${HOME}" %{x} $(touch '${folder}/made')\n`;
  expect((await check('"/tmp/my script.sh"', script)).broken).toBeUndefined();
  expect((await check('"/tmp/my script.sh"', `${script}${brokenShell}`)).broken).toBeDefined();
  const { existsSync } = await import('node:fs');
  expect(existsSync(`${folder}/made`)).toBe(false);
});

import { expect, it } from 'vitest';
import { innerCommand } from '../../server/inner-command.ts';

it.each([
  ["sudo -H -n sh -c 'uname -s'", { command: 'uname -s', user: 'root' }],
  [`sh -c 'echo '"'"'a b'"'"''`, { command: "echo 'a b'", user: 'ubuntu' }],
  ['/bin/bash -c "sudo whoami"', { command: 'whoami', user: 'root' }],
  ["sudo sh -c 'a; b'", { command: 'a; b', user: 'root' }],
  ["sudo sh -c 'a'; b", { command: "sudo sh -c 'a'; b", user: 'ubuntu' }],
  ["sudo -u app sh -c 'a'", { command: "sudo -u app sh -c 'a'", user: 'ubuntu' }],
  ["sh -c 'a' b", { command: "sh -c 'a' b", user: 'ubuntu' }],
  ['sudo', { command: 'sudo', user: 'ubuntu' }],
])('the inner command of %j is found', (command, inner) => {
  expect(innerCommand(command, 'ubuntu')).toEqual(inner);
});

import { writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { newProject, type Project } from './project.ts';
import { stateOf } from './state.ts';

let project: Project;
beforeEach(async () => {
  project = await newProject();
});
afterEach(() => project.remove());

it('publishes from Amazon Linux by SSM, Debian by filter and Flatcar with user data, as the user of each', async () => {
  const ignition = JSON.stringify({
    ignition: { version: '3.3.0' },
    systemd: { units: [{ name: 'locksmithd.service', mask: true }] },
  });
  await writeFile(project.path('configs/flatcar.ign'), ignition);
  await project.config('systems', (config) => {
    const builder = { instance_type: 't3.micro' };
    Object.assign(config, {
      amiName: 'systems {version} {image}',
      images: [
        {
          name: 'al2023',
          base: { ssm: '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64' },
          builder,
        },
        {
          name: 'debian',
          base: { filter: { owners: ['136693071363'], name: 'debian-12-amd64-*' } },
          builder,
        },
        {
          name: 'flatcar',
          base: { filter: { owners: ['075585003325'], name: 'Flatcar-stable-*-hvm' } },
          builder: { ...builder, user_data_file: 'flatcar.ign' },
        },
      ],
      provisioners: [{ type: 'shell', inline: ['id'] }],
    });
  });
  const sandbox = await project.sandbox();
  const planned = await project.run(['plan', 'systems', '--sandbox']);
  expect(planned.exit, planned.stderr).toBe(0);
  expect(planned.stdout + planned.stderr).toContain(
    'logs in as  ec2-user (al2023), admin (debian) and core (flatcar), by the base image',
  );
  const run = await project.run(['publish', 'systems', '--sandbox', '--yes']);
  expect(run.exit, run.stderr).toBe(0);
  const { amis } = await stateOf(sandbox.clients);
  expect(amis.map(({ name }) => name).sort()).toEqual([
    'systems 1.0.0 al2023',
    'systems 1.0.0 debian',
    'systems 1.0.0 flatcar',
  ]);
  const launches = (await sandbox.calls()).filter(({ operation }) => operation === 'RunInstances');
  // The log leaves out what AWS's schema calls sensitive.
  expect(launches.filter(({ input }) => JSON.stringify(input).includes('"UserData":'))).toHaveLength(1);
}, 240_000);

it('refuses WinRM with an explanation before anything is launched, and plans the rest', async () => {
  await project.config('windows', (config) => {
    Object.assign(config, {
      amiName: 'windows {version} {image}',
      images: [
        {
          name: '2025',
          base: { ssm: '/aws/service/ami-windows-latest/Windows_Server-2025-English-Full-Base' },
          builder: { instance_type: 't3.large', communicator: 'winrm', winrm_username: 'Administrator' },
        },
        { name: '2404', base: { ubuntu: '2404' }, builder: { instance_type: 't3.micro' } },
      ],
    });
  });
  const sandbox = await project.sandbox();
  const plan = ['plan', 'windows', '--sandbox'];
  for (const words of [plan, ['publish', 'windows', '--sandbox', '--yes']]) {
    const run = await project.run(words);
    expect(run.exit).toBe(4);
    expect(run.stderr).toMatch(
      /configs\/windows\.json: us-east-1-2025: expected a builder that is reached by SSH, .* found "communicator": "winrm"\. Rehearse the others with --except us-east-1-2025/,
    );
  }
  const others = await project.run([...plan, '--except', 'us-east-1-2025']);
  expect(others.exit, others.stderr).toBe(0);
  const launched = (await sandbox.calls()).filter(
    ({ operation, status }) => operation === 'RunInstances' && status === 200,
  );
  expect(launched).toEqual([]);
});

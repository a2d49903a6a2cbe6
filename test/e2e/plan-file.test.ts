import { access, appendFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newProject, type Project, type RunningSandbox } from './project.ts';
import { stateOf } from './state.ts';

let project: Project;
let sandbox: RunningSandbox;
beforeAll(async () => {
  project = await newProject();
  sandbox = await project.sandbox();
});
afterAll(() => project.remove());

const plan = (...more: string[]) =>
  project.run(['plan', 'test-ebs', '--sandbox', '--out', 'plan.json', ...more]);
const apply = (...more: string[]) =>
  project.run(['publish', 'test-ebs', '--sandbox', '--plan', 'plan.json', ...more]);

describe('a reviewed plan', () => {
  it('is refused if a provisioner’s file has changed since then, and nothing is made', async () => {
    expect((await plan()).exit).toBe(0);
    await appendFile(project.path('configs/provision/hello.sh'), 'echo more\n');
    const run = await apply();
    expect(run.stderr).toContain(
      '  us-east-1-2204-hvm: file provision/hello.sh changed\n    the same with 1 other: us-east-1-2404-hvm\n' +
        'Make a new plan and read it: gopackgo plan test-ebs --sandbox --out plan.json\n',
    );
    expect(run.exit).toBe(4);
    expect(await stateOf(sandbox.clients)).toEqual({ amis: [], leftovers: [] });
  });

  it('is applied exactly, including its selection, without another question', async () => {
    const written = await plan('--only', '2204-hvm');
    expect(written.exit, written.stderr).toBe(0);
    expect(written.stderr).toContain(
      'plan.json is written. To apply exactly this plan: gopackgo publish test-ebs --sandbox --plan plan.json\n',
    );
    const run = await apply();
    expect(run.exit, run.stderr).toBe(0);
    expect((await stateOf(sandbox.clients)).amis.map(({ name }) => name)).toEqual([
      'gopackgo test-ebs 1.0.0 2204-hvm',
    ]);
  });

  it('is refused if AWS has changed since then, with the old and the new state', async () => {
    expect((await plan()).exit).toBe(0);
    const other = await project.run(['publish', 'test-ebs', '--sandbox', '--yes', '--only', '2404-hvm']);
    expect(other.exit, other.stderr).toBe(0);
    await project.config('test-ebs', (config) => {
      config.share = { accounts: ['210987654321'] };
    });
    const run = await apply();
    expect(run.stderr).toMatch(/shared with accounts: was \[\], is \["210987654321"\]/);
    expect(run.stderr).toMatch(/us-east-1-2404-hvm: was absent, is verified ami-/);
    expect(run.exit).toBe(4);
    expect((await sandbox.calls()).filter(({ operation }) => /^Modify.*Attribute$/.test(operation))).toEqual(
      [],
    );
  });

  it.each([
    ['no file', 'absent.json', /--plan absent\.json: expected a file .* found no such file/],
    ['no JSON', 'broken.json', /--plan broken\.json: expected a file .* found text that is not JSON \(/],
    ['no plan', 'other.json', /--plan other\.json: expected a file .* found something else/],
    [
      'an older plan',
      'older.json',
      /--plan older\.json: expected a file .* found format 1, which another version/,
    ],
    ['a plan that is cut', 'cut.json', /--plan cut\.json: expected a file .* found something else/],
  ])('is refused with 2: %s', async (_, file, says) => {
    await writeFile(project.path('broken.json'), '{');
    await writeFile(project.path('older.json'), '{"format": 1}');
    await writeFile(project.path('other.json'), '{"format": 2}');
    const cut = {
      format: 2,
      version: '1',
      targets: [{ name: 'x' }],
      selected: [],
      statuses: {},
      sharing: {},
    };
    await writeFile(project.path('cut.json'), JSON.stringify(cut));
    const run = await project.run(['publish', 'test-ebs', '--sandbox', '--plan', file]);
    expect(run.stderr).toMatch(says);
    expect(run.exit).toBe(2);
  });

  it('contains its own selection, so --only is refused', async () => {
    const run = await apply('--only', '2204-hvm');
    expect(run.stderr).toContain('--plan and --only: expected one of them, found both');
    expect(run.exit).toBe(2);
  });

  it('is compared even if everything exists already: a plan of another publication is refused', async () => {
    await project.config('test-ebs', () => undefined);
    await project.config('other', (config) => {
      config.amiName = 'other {version} {image}';
    });
    const whole = await project.run(['publish', 'test-ebs', '--sandbox', '--yes']);
    expect(whole.exit, whole.stderr).toBe(0);
    await project.run(['plan', 'other', '--sandbox', '--out', 'plan.json']);
    const run = await apply();
    expect(run.stderr).toContain('  release: was "other@1.0.0", is "test-ebs@1.0.0"\n');
    expect(run.exit).toBe(4);
  });

  it('is written even if nobody reads the rest of the output', async () => {
    const { child, ended } = project.start(['plan', 'test-ebs', '--sandbox', '--out', 'unread.json']);
    child.stderr?.destroy();
    expect((await ended).exit).toBe(0);
    await access(project.path('unread.json'));
  });

  it('says where it could not be written', async () => {
    const run = await project.run(['plan', 'test-ebs', '--sandbox', '--out', 'no/such/folder/plan.json']);
    expect(run.stderr).toMatch(
      /--out no\/such\/folder\/plan\.json: expected a file that can be written, found ENOENT/,
    );
    expect(run.exit).toBe(2);
  });

  it('is not written if the lookup of what exists failed, and plan says so', async () => {
    await sandbox.addFaults([
      { on: 'ec2:DescribeInstances', times: 0, does: { error: 'UnauthorizedOperation' } },
    ]);
    const run = await project.run(['plan', 'test-ebs@9', '--sandbox', '--out', 'unknown.json']);
    expect(run.stderr).toContain('unknown.json was not written: ');
    expect(run.exit).toBe(1);
    await expect(access(project.path('unknown.json'))).rejects.toThrow('ENOENT');
  });
});

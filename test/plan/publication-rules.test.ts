import { describe, expect, it } from 'vitest';
import { least, read, refusal, withImage } from '../config/a-config.ts';

const script = (options: Record<string, unknown>) => ({
  ...least,
  provisioners: [{ type: 'shell', ...options }],
});

describe('rules that need the expanded matrix', () => {
  it('require that only and except name existing images or targets', () => {
    expect(
      refusal(() => read(script({ only: ['2204-hmv', 'us-east-1-2204-hvm', 'amazon-ebs.x', '2204-*'] }))),
    ).toEqual([
      expect.stringMatching(
        /provisioners\[0\]\.only\[0\]: expected the name of an image or of a target, found "2204-hmv". Did you mean "2204-hvm"/,
      ),
      expect.stringMatching(/provisioners\[0\]\.only\[2\]: .*. The images are 2204-hvm\.$/),
      expect.stringMatching(/provisioners\[0\]\.only\[3\]: .*found "2204-\*". The images are 2204-hvm\.$/),
    ]);
  });

  it("require that named files exist, relative to the config's folder", () => {
    const files = { 'provision/2204-hvm.sh': 'true', 'data.txt': '' };
    expect(() =>
      read(script({ script: 'provision/{image}.sh', scripts: ['data.txt'] }), files),
    ).not.toThrow();
    const config = {
      ...script({ scripts: ['data.txt', 'provision/{version}.sh'] }),
      regions: { 'us-east-1': { user_data_file: 'user-data' } },
    };
    expect(refusal(() => read(config, files))).toEqual([
      expect.stringMatching(
        / regions\.us-east-1\.user_data_file: expected a file that can be read, found no such file or folder: "user-data". Paths are relative to .*configs$/,
      ),
      expect.stringMatching(/ provisioners\[0\]\.scripts\[1\]: .*"provision\/1\.0\.0\.sh"/),
    ]);
  });

  it('require a file only if its provisioner runs', () => {
    const matrix = { ubuntu: ['2204', '2404'] };
    const image = withImage({ matrix, name: '{ubuntu}', base: { ubuntu: '{ubuntu}' } });
    const provisioners = [{ type: 'shell', script: '{ubuntu}.sh', only: ['2404'] }];
    expect(() => read({ ...image, provisioners }, { '2404.sh': '' })).not.toThrow();
    expect(refusal(() => read({ ...image, provisioners }, { '2204.sh': '' }))).toHaveLength(1);
  });

  it('report all mistakes at once', () => {
    const lines = refusal(() =>
      read({ ...script({ script: 'none.sh', only: ['x'] }), amiName: 'web: {versoin}' }),
    );
    expect(lines.map((line) => line.split(': ')[1])).toEqual(['amiName', 'provisioners[0].only[0]']);
  });
});

import { describe, expect, it } from 'vitest';
import { advisedCommand } from '../../src/commands/advised-command.ts';
import { promotionStatusOf } from '../../src/lifecycle/promotion-status.ts';
import type { ReleaseAmi } from '../../src/model/release-ami.ts';

const target = 'us-east-1-2204-hvm';
const command = advisedCommand({ sandbox: true });
const far = 'eu-west-1-2204-hvm';

/** An AMI of a release; times are minutes of one hour. */
function ami(version: string, { made = 0, promoted, yanked, at = target }: Partial<Made> = {}): ReleaseAmi {
  const moment = (minute: number) => `2026-11-30T12:${String(minute).padStart(2, '0')}:00.000Z`;
  const tags = {
    ...(promoted === undefined ? {} : { 'gopackgo:promoted': moment(promoted) }),
    ...(yanked ? { 'gopackgo:yanked': `${moment(59)} it opens a port` } : {}),
  };
  return {
    release: `web@${version}`,
    version,
    image: '2204-hvm',
    target: at,
    ami: { id: `ami-${version}`, created: moment(made), tags } as unknown as ReleaseAmi['ami'],
  };
}

interface Made {
  made: number;
  promoted: number;
  yanked: boolean;
  at: string;
}

const promotion = (version: string, amis: ReleaseAmi[], promotes = true) =>
  promotionStatusOf({ release: `web@${version}`, version }, [target], amis, promotes, command).get(target);

describe('the promotion status', () => {
  it('says that a first release is to be promoted', () => {
    expect(promotion('1.0.0', [ami('1.0.0')])).toEqual({ is: 'first' });
    expect(promotion('1.0.0', [])).toEqual({ is: 'first' });
  });

  it('lets records follow the release with the latest tag, whatever the versions', () => {
    const amis = [ami('1.0.0', { promoted: 30 }), ami('2.0.0', { made: 10, promoted: 20 })];
    expect(promotion('1.0.0', amis)).toMatchObject({ is: 'promoted' });
    expect(promotion('2.0.0', amis)).toEqual({
      is: 'kept',
      why: 'it follows web@1.0.0, which was promoted on 2026-11-30 12:30',
    });
  });

  it('promotes a new release after a rollback, but not one that was started before', () => {
    const before = [ami('1.0.0', { promoted: 30 }), ami('2.0.0', { made: 10, promoted: 20 })];
    expect(promotion('3.0.0', [...before, ami('3.0.0', { made: 40 })])).toEqual({ is: 'first' });
    expect(promotion('2.9.0', [...before, ami('2.9.0', { made: 25 })])).toMatchObject({
      is: 'kept',
      why: expect.stringContaining('gopackgo promote web@2.9.0 --sandbox'),
    });
  });

  it('adds an AMI that was missing at the promotion, unless another release was promoted since then', () => {
    const amis = [ami('1.0.0', { promoted: 20, at: far }), ami('1.0.0', { made: 50 })];
    expect(promotion('1.0.0', amis)).toMatchObject({
      is: 'promoted',
      at: Date.parse('2026-11-30T12:20:00Z'),
    });
    expect(promotion('1.0.0', [...amis, ami('2.0.0', { promoted: 30 })])).toMatchObject({ is: 'kept' });
    expect(promotion('1.0.0', amis, false)).toMatchObject({ is: 'kept' });
  });

  it('does not let a region that is added later follow a release that was rolled back', () => {
    const amis = [
      ami('1.0.0', { promoted: 30, at: far }),
      ami('2.0.0', { made: 10, promoted: 20, at: far }),
      ami('2.0.0', { made: 40 }),
    ];
    const statuses = promotionStatusOf(
      { release: 'web@2.0.0', version: '2.0.0' },
      [far, target],
      amis,
      true,
      command,
    );
    expect([...statuses.values()].map(({ is }) => is)).toEqual(['kept', 'kept']);
    expect(
      promotionStatusOf({ release: 'web@1.0.0', version: '1.0.0' }, [far, target], amis, true, command).get(
        target,
      ),
    ).toMatchObject({
      is: 'promoted',
    });
  });

  it('with "promote": false leaves promoting to the command', () => {
    expect(promotion('1.0.0', [ami('1.0.0')], false)).toMatchObject({
      is: 'kept',
      why: expect.stringContaining('"promote" is false'),
    });
    expect(promotion('1.0.0', [ami('1.0.0', { promoted: 5 })], false)).toMatchObject({ is: 'promoted' });
  });

  it('ignores candidates and yanked releases', () => {
    const own = ami('2.0.0', { promoted: 10 });
    expect(promotion('2.0.0', [own, ami('3.0.0-rc1', { promoted: 20 })])).toMatchObject({ is: 'promoted' });
    expect(promotion('2.0.0', [own, ami('3.0.0', { promoted: 20, yanked: true })])).toMatchObject({
      is: 'promoted',
    });
    // A timestamp is no pre-release part.
    const [before, now] = ['1.0-20261129', '1.0-20261130'];
    expect(promotion(before, [ami(before, { promoted: 10 }), ami(now, { promoted: 20 })])).toMatchObject({
      is: 'kept',
    });
  });
});

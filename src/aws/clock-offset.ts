import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { Clock } from '../lib/clock.ts';
import type { Lookup } from '../model/lookup.ts';
import { ask } from './ask.ts';
import type { Clients } from './connection.ts';

/**
 * How far AWS's clock is ahead of this machine's, in milliseconds (negative: behind), from the `Date` header of an answer,
 * which has whole seconds. AWS refuses requests that are signed five minutes off its time (AWS General Reference,
 * "Troubleshooting Signature Version 4"); its own SDKs correct that, Packer 1.6.6's does not. Undefined if the answer has no
 * date.
 */
export function clockOffset(
  clients: Clients,
  region: string,
  clock: Pick<Clock, 'now'>,
): Promise<Lookup<number | undefined>> {
  return ask('sts:GetCallerIdentity', region, async () => {
    const command = new GetCallerIdentityCommand({});
    let offset: number | undefined;
    command.middlewareStack.add(
      (next) => async (args) => {
        const before = clock.now();
        const answer = await next(args);
        const date = dateOf(answer.response);
        // Half a second: the middle of the second in the header.
        if (date !== undefined) offset = date + 500 - (before + clock.now()) / 2;
        return answer;
      },
      { step: 'deserialize', name: 'readDate' },
    );
    await clients.sts(region).send(command);
    return offset;
  });
}

function dateOf(response: unknown): number | undefined {
  const { headers = {} } = (response ?? {}) as { headers?: Record<string, string> };
  const said = Object.entries(headers).find(([name]) => name.toLowerCase() === 'date')?.[1];
  const date = Date.parse(said ?? '');
  return Number.isNaN(date) ? undefined : date;
}

import { expect, it, onTestFinished } from 'vitest';
import { judge, judged } from './judge.ts';
import { judgedSandbox } from './judged-sandbox.ts';
import { answerOfScript } from './python.ts';

const name = 'botocore, services that the sandbox does not have';
const environment = judge(name);

interface Answer {
  service: string;
  code: string;
  message: string;
  status: number;
}

/** Query XML, JSON 1.0 and 1.1, restJson, restXml and CBOR: botocore's parser of each finds code and message. */
it.skipIf(!environment).each(['through the proxy', 'by endpoint URL'])(
  'says in the protocol of the service what is not implemented, %s',
  async (way) => {
    if (!environment) return;
    const { sandbox, close } = await judgedSandbox();
    onTestFinished(close);
    const variables = way === 'by endpoint URL' ? sandbox.endpointEnvironment() : sandbox.environment();
    const answers = await answerOfScript<Answer[]>(
      environment,
      ['other_services.py', 'us-east-1', 'cn-north-1'],
      variables,
    );
    const wrong = answers.filter(
      ({ code, status, message }) =>
        code !== 'NotImplementedBySandbox' || status !== 501 || !message.startsWith('The sandbox does not'),
    );
    expect(wrong).toEqual([]);
    const [first] = answers;
    expect(first?.message).toBe('The sandbox does not implement elasticloadbalancing:DescribeLoadBalancers.');
    expect(answers.slice(answers.length / 2).every(({ message }) => message.includes('no China'))).toBe(true);
    expect(sandbox.refusals()).toEqual([]);
    judged(name, `${answers.length} calls ${way}`);
  },
);

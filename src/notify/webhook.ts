import { request as plainRequest } from 'node:http';
import { type RequestOptions, request } from 'node:https';
import { createSecureContext } from 'node:tls';
import { getProxyForUrl } from 'proxy-from-env';
import { DirectAgent } from '../aws/direct-agent.ts';
import { ProxiedAgent } from '../aws/proxied-agent.ts';
import type { Clock } from '../lib/clock.ts';
import { errorCode } from '../lib/error-code.ts';
import { hideSecrets } from '../lib/hide-secrets.ts';
import { printable } from '../lib/printable.ts';
import { readBounded } from '../lib/read-bounded.ts';

/** Milliseconds for one attempt, from the connection to the end of the answer. */
const attemptLimit = 10_000;
const pauses = [1_000, 3_000];
/** How much of an answer is shown; Slack names the problem in a word (`no_service`, `invalid_payload`). */
const shownBytes = 200;

/** Why a webhook refused a message; undefined if it accepted it. Never contains the URL. */
export type Refusal = string | undefined;

type Answer = { status: number; said: string } | { failed: string };

/** Hosts that are this machine: nobody reads plain text on the way to them. */
const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** The URL in a text, if messages may be sent to it: https, or http on this machine. Pure. */
export function webhookUrl(text: string): URL | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const { protocol, hostname } = url;
  return protocol === 'https:' || (protocol === 'http:' && loopback.test(hostname)) ? url : undefined;
}

/**
 * Posts a JSON body to a webhook, up to three times if it fails for a transient reason. Uses the proxy of the environment and
 * the certificate authorities of `AWS_CA_BUNDLE`, like requests to AWS (docs/proxy.md). Does not follow redirects, which would
 * send the protected content elsewhere.
 */
export async function postToWebhook(
  url: URL,
  body: string,
  { environment, clock }: { environment: NodeJS.ProcessEnv; clock: Clock },
): Promise<Refusal> {
  for (const pause of [...pauses, undefined]) {
    const answer = await post(url, body, environment);
    const why = whyNot(answer, url);
    if (why === undefined || pause === undefined || !mayPass(answer)) return why;
    await clock.sleep(pause);
  }
  return undefined;
}

const mayPass = (answer: Answer): boolean =>
  'failed' in answer || answer.status === 429 || answer.status >= 500;

function whyNot(answer: Answer, { href, pathname, search }: URL): Refusal {
  if ('failed' in answer) return answer.failed;
  const { status, said } = answer;
  if (status >= 200 && status < 300) return undefined;
  const [line = ''] = printable(hideSecrets(said, [href, `${pathname}${search}`, pathname])).split('\n');
  return `HTTP status ${status}${line.trim() === '' ? '' : `: ${line.trim()}`}`;
}

async function post(url: URL, body: string, environment: NodeJS.ProcessEnv): Promise<Answer> {
  const overdue = AbortSignal.timeout(attemptLimit);
  try {
    const options: RequestOptions = {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      signal: overdue,
    };
    return await new Promise((resolve, reject) => {
      const sent =
        url.protocol === 'https:'
          ? request(url, { ...options, agent: agentFor(url, environment) })
          : plainRequest(url, options);
      sent.on('error', reject);
      sent.on('response', (response) => {
        let said = '';
        response.setEncoding('utf8');
        response.on('data', (text: string) => {
          if (said.length < shownBytes) said = `${said}${text}`.slice(0, shownBytes);
        });
        response.on('error', reject);
        response.on('end', () => resolve({ status: response.statusCode ?? 0, said }));
      });
      sent.end(body);
    });
  } catch (error) {
    // The message of an error may contain the URL; its code does not.
    return {
      failed: overdue.aborted
        ? `no answer within ${attemptLimit / 1000} s`
        : (errorCode(error) ?? 'no connection'),
    };
  }
}

function agentFor({ href }: URL, { AWS_CA_BUNDLE: bundle }: NodeJS.ProcessEnv): DirectAgent | ProxiedAgent {
  const secureContext = createSecureContext(bundle ? { ca: readBounded(bundle) } : {});
  const proxy = getProxyForUrl(href);
  const agent = { keepAlive: false, maxSockets: 1, secureContext };
  return proxy === '' ? new DirectAgent(agent) : new ProxiedAgent(proxy, agent);
}

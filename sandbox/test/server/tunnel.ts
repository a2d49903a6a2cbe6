import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { type Agent, request as httpsRequest } from 'node:https';
import { HttpsProxyAgent } from 'https-proxy-agent';

export interface Answer {
  status: number;
  reason: string;
  headers: IncomingHttpHeaders;
  text: string;
}

interface Asked {
  method?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  agent?: Agent;
}

/** An HTTPS request through a proxy that trusts only one authority. */
export function askThrough(proxy: string, ca: string, url: string, asked: Asked = {}): Promise<Answer> {
  const agent = asked.agent ?? new HttpsProxyAgent(proxy);
  const { method = 'POST', headers, body } = asked;
  const { hostname: servername } = new URL(url);
  return answerTo(httpsRequest(url, { method, headers, agent, ca, servername }), body);
}

/** A request directly to the proxy's port, with its target unchanged: a path or an absolute URI. */
export function askDirectly(proxy: string, target: string, asked: Asked = {}): Promise<Answer> {
  const { hostname, port } = new URL(proxy);
  const options = { hostname, port, path: target, method: asked.method ?? 'GET', headers: asked.headers };
  return answerTo(httpRequest({ ...options, agent: false }), asked.body);
}

/** CONNECT, and the proxy's answer. */
export function connectTo(proxy: string, target: string): Promise<Answer> {
  const { hostname, port } = new URL(proxy);
  const asked = httpRequest({ hostname, port, method: 'CONNECT', path: target, agent: false });
  return new Promise((resolve, reject) => {
    asked.on('error', reject);
    asked.on('connect', ({ statusCode = 0, statusMessage = '', headers }, socket, head) => {
      const chunks = [head];
      socket.on('data', (chunk) => chunks.push(chunk));
      socket.on('close', () => {
        resolve({
          status: statusCode,
          reason: statusMessage,
          headers,
          text: Buffer.concat(chunks).toString(),
        });
      });
      if (statusCode === 200) socket.destroy();
    });
    asked.end();
  });
}

function answerTo(asked: ReturnType<typeof httpRequest>, body: string | Buffer | undefined): Promise<Answer> {
  return new Promise((resolve, reject) => {
    asked.on('error', reject);
    asked.on('response', async (response) => {
      const { statusCode = 0, statusMessage = '', headers } = response;
      try {
        const text = Buffer.concat(await response.toArray()).toString();
        resolve({ status: statusCode, reason: statusMessage, headers, text });
      } catch (error) {
        reject(error);
      }
    });
    asked.end(body);
  });
}

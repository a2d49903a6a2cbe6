import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { ProxiedAgent } from '../../dist/src/aws/proxied-agent.js';

/**
 * The least that can make the calls in a file of lines: a client for each service and region, one call after the other, by
 * connections that are kept. It is plain JavaScript, so that no compiler counts in its memory.
 */
const packages = {
  autoscaling: 'auto-scaling',
  ec2: 'ec2',
  iam: 'iam',
  s3: 's3',
  servicequotas: 'service-quotas',
  ssm: 'ssm',
  sts: 'sts',
};

const [file] = process.argv.slice(2);
const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_CA_BUNDLE } = process.env;
const agent = new ProxiedAgent(process.env.HTTPS_PROXY, {
  keepAlive: true,
  maxSockets: 50,
  secureContext: createSecureContext({ ca: readFileSync(AWS_CA_BUNDLE, 'utf8') }),
});
const clients = new Map();
let made = 0;
for (const line of readFileSync(file, 'utf8').trimEnd().split('\n')) {
  const { service, operation, region, input } = JSON.parse(line);
  const sdk = await import(`@aws-sdk/client-${packages[service]}`);
  const name = Object.keys(sdk).find((one) => one.toLowerCase() === `${service}client`);
  const key = `${service} ${region}`;
  if (!clients.has(key)) {
    clients.set(
      key,
      new sdk[name]({
        region,
        credentials: { accessKeyId, secretAccessKey },
        requestHandler: new NodeHttpHandler({ httpsAgent: agent }),
      }),
    );
  }
  // A dry run is answered with an error where the call would be carried out.
  await clients
    .get(key)
    .send(new sdk[`${operation}Command`](input ?? {}))
    .catch((error) => {
      if (error.name !== 'DryRunOperation') throw error;
    });
  made += 1;
}
process.stdout.write(`${made}\n`);

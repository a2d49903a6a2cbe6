import { EC2 } from '@aws-sdk/client-ec2';
import type { Sandbox } from '../../index.ts';
import { createRequestHandler } from '../../wire/request-handler.ts';
import { temporaryFolder } from '../server/stand-in.ts';
import { packerBuild } from './run-packer.ts';

export const region = 'us-east-1';

/** Builds one Ubuntu 24.04 AMI with these builder options. */
export const buildWeb = (sandbox: Sandbox, options: object) =>
  packerBuild(
    temporaryFolder(),
    {
      variable: { ssh_port: { type: 'number', default: 22 } },
      source: {
        'amazon-ebs': {
          web: {
            region,
            source_ami_filter: {
              owners: ['099720109477'],
              most_recent: true,
              filters: { name: 'ubuntu/images/*-24.04-amd64-server-*' },
            },
            instance_type: 't3.micro',
            ssh_username: 'ubuntu',
            // biome-ignore lint/suspicious/noTemplateCurlyInString: Packer's
            ssh_port: '${var.ssh_port}',
            ssh_timeout: '30s',
            ami_name: 'web 1.0',
            aws_polling: { delay_seconds: 5, max_attempts: 540 },
            ...options,
          },
        },
      },
      build: [{ sources: ['source.amazon-ebs.web'], provisioner: [{ shell: { inline: ['true'] } }] }],
    },
    sandbox.environment(),
  );

export const imagesOf = async (sandbox: Sandbox) => {
  const { credentials } = sandbox;
  const ec2 = new EC2({ region, credentials, requestHandler: createRequestHandler(sandbox) });
  return ((await ec2.describeImages({ Owners: ['self'] })).Images ?? []).map(({ Name }) => Name);
};

import type { Schema } from '../lib/validate-shape.ts';
import { name } from './schema-parts.ts';

const path = (of: string): Schema =>
  name(`${of}: a path, relative to the folder of this file; "~" is your home.`, 'the path of a file');

/** Keys of `configs/local.json`, each with its format. */
export const localSchema: Schema = {
  type: 'object',
  expected: 'an object',
  properties: {
    account: {
      type: 'string',
      pattern: '^[0-9]{12}$',
      description: 'The account to publish from. Any other account is refused.',
      expected: 'an account id: twelve digits in quotes',
    },
    profile: name('A profile of your AWS configuration.', 'the name of a profile'),
    // IAM user guide, "IAM identifiers": a role's path and name.
    role: {
      type: 'string',
      pattern: '^arn:aws[a-z-]*:iam::[0-9]{12}:role/[\\w+=,.@/-]{1,576}$',
      description: 'A role to assume with these credentials. Everything is done as that role.',
      expected: 'the ARN of a role, such as "arn:aws:iam::123456789012:role/publisher"',
    },
    // STS API reference, "AssumeRole".
    externalId: {
      type: 'string',
      pattern: '^[\\w+=,.@:/-]{2,1224}$',
      description: "The external id that the role's trust policy requires (sts:ExternalId).",
      expected: 'an external id: 2 to 1224 letters, digits and _+=,.@:/-',
    },
    certificate: path('The X.509 certificate that instance-store images are bundled with'),
    privateKey: path("The certificate's private key"),
    retryFor: {
      type: 'string',
      pattern: '^[0-9]{1,3}[smh]$',
      description:
        "How long an AWS call is repeated that fails for a transient reason (no answer, throttling, an error on AWS's side).",
      expected: 'a length of time in seconds, minutes or hours, such as "5m"',
    },
  },
  additionalProperties: false,
};

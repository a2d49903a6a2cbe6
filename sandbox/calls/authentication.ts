import { AwsError } from '../model/aws-error.ts';
import type { AwsRequest } from '../model/contract.ts';
import type { Store } from '../state/store.ts';
import { isOn } from '../state/stored-settings.ts';
import { protocols, type ServiceName } from '../wire/service.ts';
import { isSignedWith, sessionTokenOf, signatureOf } from '../wire/signature.ts';
import { type Caller, signerOf } from './sessions.ts';

/** Identifies the signer of a request; S3 has its own rules. Throws each service's own error for a missing or wrong signature. */
export const authenticate = (
  request: AwsRequest,
  { service, region }: { service: Exclude<ServiceName, 's3'>; region: string },
  { store, now }: { store: Store; now: Date },
): Caller => {
  const signature = signatureOf(request);
  if (!signature) {
    const message = 'Request is missing Authentication Token';
    throw isJson(service)
      ? new AwsError('MissingAuthenticationTokenException', message)
      : new AwsError('MissingAuthenticationToken', message);
  }
  const signer = signerOf(signature.accessKeyId, sessionTokenOf(request), now);
  if (signer === 'expired') throw expired(service);
  if (signer === 'unknown' || !isOn(store, signer.caller.account, region)) throw stranger(service);
  if (signature.service !== service || signature.region !== region) {
    throw badSignature(service, `Credential should be scoped to ${service} in ${region}.`);
  }
  if (!isSignedWith(request, signature, signer.secretAccessKey)) {
    throw badSignature(
      service,
      'The request signature we calculated does not match the signature you provided.',
    );
  }
  return signer.caller;
};

const isJson = (service: ServiceName): boolean => protocols[service].protocol === 'awsJson1.1';

const refused = 'AWS was not able to validate the provided access credentials';

const stranger = (service: ServiceName): AwsError => {
  if (service === 'ec2') return new AwsError('AuthFailure', refused);
  const message = 'The security token included in the request is invalid';
  return isJson(service)
    ? new AwsError('UnrecognizedClientException', `${message}.`)
    : new AwsError('InvalidClientTokenId', message);
};

const badSignature = (service: ServiceName, message: string): AwsError => {
  if (service === 'ec2') return new AwsError('AuthFailure', refused);
  return new AwsError(isJson(service) ? 'InvalidSignatureException' : 'SignatureDoesNotMatch', message);
};

/** EC2 reports an expired session as an expired request; other services name the token ("Common errors"). */
const expired = (service: ServiceName): AwsError => {
  if (service === 'ec2') return new AwsError('RequestExpired', 'Request has expired.');
  const message = 'The security token included in the request is expired';
  return new AwsError(isJson(service) ? 'ExpiredTokenException' : 'ExpiredToken', message);
};

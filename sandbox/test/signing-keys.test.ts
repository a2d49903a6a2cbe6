import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { chunkSignature, type Signature } from '../wire/signature.ts';

const secret = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const signature: Signature = {
  accessKeyId: 'AKIDEXAMPLE',
  date: '20150830',
  region: 'us-east-1',
  service: 'iam',
  signedHeaders: [],
  hex: '',
  time: '20150830T123600Z',
};

const hmac = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest();

/** "Derive a signing key": the four steps, one after another. */
const derived = ({ date, region, service }: Signature, key: string) =>
  [date, region, service, 'aws4_request'].reduce(hmac, Buffer.from(`AWS4${key}`));

const expected = (its: Signature, key: string): string => {
  const lines = ['ALGORITHM', its.time, `${its.date}/${its.region}/${its.service}/aws4_request`, 'line'];
  return hmac(derived(its, key), lines.join('\n')).toString('hex');
};

test('each secret, day, region and service has its own signing key, however many came before', () => {
  // From the same page of AWS's documentation.
  expect(derived(signature, secret).toString('hex')).toBe(
    'c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9',
  );
  const days = Array.from({ length: 300 }, (_, day) => ({ ...signature, date: String(20_150_101 + day) }));
  const all: [Signature, string][] = [
    [signature, secret],
    [signature, 'another'],
    [{ ...signature, region: 'eu-west-1' }, secret],
    [{ ...signature, service: 's3' }, secret],
    ...days.map((day): [Signature, string] => [day, secret]),
    [signature, secret],
  ];
  for (const round of [all, all.toReversed()]) {
    for (const [its, key] of round) {
      expect(chunkSignature(its, key, 'ALGORITHM', ['line'])).toBe(expected(its, key));
    }
  }
});

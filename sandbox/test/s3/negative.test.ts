import { expect, test } from 'vitest';
import { serviceNamed } from '../../wire/service.ts';
import { readXmlDocument } from '../../wire/xml-document.ts';
import { withBucket } from './bucket.ts';
import { answerTo, signedRequest } from './signed-request.ts';

const bodies = ['junk', `<Delete>${'<Object/>'.repeat(1001)}</Delete>`];
const queries = [
  '',
  'max-keys=-1',
  'max-uploads=x',
  'max-parts=1e9',
  'versionId=x',
  'uploadId=x&partNumber=0',
  'encoding-type=x',
  'continuation-token=%00',
  'partNumber=99999999999999999999',
];

/** For any input, S3 answers in its own format: always XML, and never a failure of the sandbox. */
test('every operation answers invalid input with an S3 error', async () => {
  const world = await withBucket();
  const wrong: string[] = [];
  let asked = 0;
  for (const { name, http } of (await serviceNamed('s3')).operations.values()) {
    if (!http || name === 'DeleteBucket' || name === 'DeletePublicAccessBlock') continue;
    const [path = '', fixed = ''] = http.uri.replace('{Key+}', 'k%20%C3%BC').split('?');
    for (const body of http.method === 'GET' || http.method === 'HEAD' ? [''] : bodies) {
      for (const query of queries) {
        const search = [fixed, query].filter((one) => one !== '').join('&');
        const headers = { 'x-amz-acl': 'junk', 'content-md5': 'junk', range: 'bytes=9-' };
        for (const more of [{}, headers]) {
          const request = signedRequest({
            method: http.method,
            path: search === '' ? path : `${path}?${search}`,
            body,
            headers: more,
          });
          const { status, text } = await answerTo(world, request);
          asked += 1;
          const isShaped = text === '' || status === 200 || readXmlDocument(text).name === 'Error';
          if ((status >= 500 && status !== 501) || !isShaped)
            wrong.push(`${name} ${request.path} ${status} ${text}`);
        }
      }
    }
  }
  expect(asked).toBeGreaterThan(1500);
  expect(wrong).toEqual([]);
});

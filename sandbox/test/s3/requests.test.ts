import { expect, test } from 'vitest';
import { otherAccount } from '../../model/accounts.ts';
import type { AwsRequest } from '../../model/contract.ts';
import { verifiedPayload } from '../../s3/signed-payload.ts';
import { createWorld } from '../../testing/world.ts';
import { readXmlDocument } from '../../wire/xml-document.ts';
import { withBucket } from './bucket.ts';
import { answerTo, signedRequest } from './signed-request.ts';

const minutes = (count: number): Date => new Date(Date.now() + count * 60_000);

test('an error has S3’s format, in the body and in headers; HEAD has no body', async () => {
  const world = await withBucket();
  const answer = await answerTo(world, signedRequest({ path: '/a%3Cb' }));
  expect(answer.status).toBe(404);
  expect(answer.headers['content-type']).toBe('application/xml');
  expect(answer.text).toMatch(
    /^<\?xml version="1.0" encoding="UTF-8"\?>\n<Error><Code>NoSuchKey<\/Code><Message>The specified key does not exist.<\/Message><Key>a&lt;b<\/Key><RequestId>[0-9a-f-]{36}<\/RequestId><HostId>\S+<\/HostId><\/Error>$/,
  );
  expect(answer.text).toContain(answer.headers['x-amz-request-id']);
  const head = await answerTo(world, signedRequest({ method: 'HEAD', path: '/none' }));
  expect([head.status, head.text]).toEqual([404, '']);
});

test.each<[string, Parameters<typeof signedRequest>[0], number, string | undefined]>([
  ['a signature', {}, 200, undefined],
  ['a region that is not the host’s', { region: 'eu-west-1' }, 400, 'AuthorizationHeaderMalformed'],
  ['another service', { service: 'ec2' }, 400, 'AuthorizationHeaderMalformed'],
  [
    'an unknown access key',
    { account: { ...otherAccount, accessKeyId: 'AKIANOBODY' } },
    403,
    'InvalidAccessKeyId',
  ],
  ['a wrong secret', { account: { ...otherAccount, secretAccessKey: 'x' } }, 403, 'SignatureDoesNotMatch'],
  ['a clock that is 16 minutes late', { at: minutes(-16) }, 403, 'RequestTimeTooSkewed'],
  ['a clock that is 14 minutes late', { at: minutes(-14) }, 200, undefined],
  ['a signature in the query', { expires: 60 }, 200, undefined],
  ['an expired signature in the query', { expires: 60, at: minutes(-2) }, 403, 'AccessDenied'],
  ['one for longer than a week', { expires: 604_801 }, 400, 'AuthorizationQueryParametersError'],
  ['one of another region', { expires: 60, region: 'eu-west-1' }, 400, 'AuthorizationQueryParametersError'],
  ['a body hash that does not fit', { payload: '0'.repeat(64) }, 400, 'XAmzContentSHA256Mismatch'],
  ['an invalid body hash', { payload: 'none' }, 400, 'InvalidArgument'],
  ['an unsigned body', { payload: 'UNSIGNED-PAYLOAD' }, 200, undefined],
])('%s', async (_, asked, status, code) => {
  const answer = await answerTo(await withBucket(), signedRequest(asked));
  expect([answer.status, answer.code]).toEqual([status, code]);
});

test.each<[string, (request: AwsRequest) => AwsRequest, number, string]>([
  [
    'no signature',
    ({ headers: { authorization: _, ...headers }, ...rest }) => ({ ...rest, headers }),
    403,
    'AccessDenied',
  ],
  [
    'a signature of the old version',
    (request) => ({
      ...request,
      headers: { ...request.headers, authorization: 'AWS AKIASANDBOX000000001:c2ln' },
    }),
    400,
    'InvalidRequest',
  ],
  [
    'half an Authorization header',
    (request) => ({ ...request, headers: { ...request.headers, authorization: 'AWS4-HMAC-SHA256 x' } }),
    400,
    'AuthorizationHeaderMalformed',
  ],
  [
    'a header of S3’s that was not signed',
    (request) => ({ ...request, headers: { ...request.headers, 'x-amz-acl': 'public-read' } }),
    403,
    'AccessDenied',
  ],
  ['another path', (request) => ({ ...request, path: '/other' }), 403, 'SignatureDoesNotMatch'],
  ['another query', (request) => ({ ...request, path: '/?acl' }), 403, 'SignatureDoesNotMatch'],
  ['another method', (request) => ({ ...request, method: 'DELETE' }), 403, 'SignatureDoesNotMatch'],
  [
    'no hash of the body',
    ({ headers: { 'x-amz-content-sha256': _, ...headers }, ...rest }) => ({ ...rest, headers }),
    400,
    'InvalidRequest',
  ],
])('%s after signing is refused', async (_, change, status, code) => {
  const answer = await answerTo(await withBucket(), change(signedRequest()));
  expect([answer.status, answer.code]).toEqual([status, code]);
});

/** The example of "Signature calculations: transferring a payload in multiple chunks", AWS's own numbers. */
const documented = (change: (body: string) => string = (body) => body) => {
  const chunk = (size: number, signature: string) =>
    `${size.toString(16)};chunk-signature=${signature}\r\n${'a'.repeat(size)}\r\n`;
  const body =
    chunk(65_536, 'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648') +
    chunk(1024, '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497') +
    chunk(0, 'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9');
  return verifiedPayload(
    {
      method: 'PUT',
      hostname: 's3.amazonaws.com',
      path: '/examplebucket/chunkObject.txt',
      headers: { 'content-encoding': 'aws-chunked,gzip', 'x-amz-decoded-content-length': '66560' },
      body: Buffer.from(change(body)),
    },
    'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
    {
      accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
      date: '20130524',
      region: 'us-east-1',
      service: 's3',
      signedHeaders: [],
      hex: '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9',
      time: '20130524T000000Z',
    },
    'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  );
};

test('chunks that are signed one after another become the content', () => {
  const { body, headers } = documented();
  expect(body.equals(Buffer.alloc(66_560, 'a'))).toBe(true);
  expect(headers).toEqual({ 'content-encoding': 'gzip', 'content-length': '66560' });
});

test.each<[string, (body: string) => string, RegExp]>([
  ['a changed chunk', (body) => body.replace('aaa', 'aab'), /signature/],
  ['a changed signature', (body) => body.replace('0055', '0056'), /signature/],
  ['no signature', (body) => body.replace(/;chunk-signature=[0-9a-f]+/, ''), /signature/],
  ['a body that ends early', (body) => body.slice(0, 1000), /signature|number of bytes/],
  ['no last chunk', (body) => body.slice(0, body.indexOf('0;chunk')), /number of bytes/],
])('%s is refused', (_, change, says) => {
  expect(() => documented(change)).toThrow(says);
});

const framed = (body: string, headers: Record<string, string>) =>
  signedRequest({
    method: 'PUT',
    path: '/k',
    payload: 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
    body,
    headers: { 'content-encoding': 'aws-chunked', ...headers },
  });

test.each<[string, string, Record<string, string>, string | undefined]>([
  ['whole', '3\r\nabc\r\n0\r\nx-amz-checksum-crc32:NSRBwg==\r\n\r\n', {}, undefined],
  ['with another checksum', '3\r\nabc\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n', {}, 'BadDigest'],
  ['without its trailer', '3\r\nabc\r\n0\r\n\r\n', {}, 'MalformedTrailerError'],
  [
    'with a trailer more',
    '3\r\nabc\r\n0\r\nx-amz-checksum-crc32:NSRBwg==\r\nx-amz-acl:public-read\r\n\r\n',
    {},
    'MalformedTrailerError',
  ],
  ['of another length', '2\r\nab\r\n0\r\n\r\n', { 'x-amz-trailer': '' }, 'IncompleteBody'],
  ['without framing', 'abc', {}, 'IncompleteBody'],
  ['with an invalid size', 'three\r\nabc\r\n0\r\n\r\n', {}, 'IncompleteBody'],
])('an unsigned body in chunks, %s', async (_, body, headers, code) => {
  const world = await withBucket();
  const announced = {
    'x-amz-decoded-content-length': '3',
    'x-amz-trailer': 'x-amz-checksum-crc32',
    ...headers,
  };
  expect((await answerTo(world, framed(body, announced))).code).toBe(code);
  const kept = await answerTo(world, signedRequest({ path: '/k' }));
  expect(kept.code ?? kept.text).toBe(code === undefined ? 'abc' : 'NoSuchKey');
});

test('a body of unknown length is refused, as on AWS', async () => {
  const asked = { method: 'PUT', path: '/k', body: 'abc', headers: { 'transfer-encoding': 'chunked' } };
  const answer = await answerTo(await withBucket(), signedRequest(asked));
  expect([answer.status, answer.code]).toEqual([501, 'NotImplemented']);
  const unsaid = framed('3\r\nabc\r\n0\r\n\r\n', {});
  expect((await answerTo(await withBucket(), unsaid)).code).toBe('MissingContentLength');
});

test.each([
  ['DELETE', '/?tagging', '', 204, undefined],
  ['PUT', '/?tagging', '<Tagging><TagSet/></Tagging>', 400, 'InvalidRequest'],
  ['PUT', '/?ownershipControls', '', 400, 'MissingRequestBodyError'],
  ['PUT', '/?ownershipControls', '<OwnershipControls>', 400, 'MalformedXML'],
  ['PUT', '/?ownershipControls', '<Other/>', 400, 'MalformedXML'],
  [
    'PUT',
    '/?ownershipControls',
    '<OwnershipControls><Rule><ObjectOwnership>Mine</ObjectOwnership></Rule></OwnershipControls>',
    400,
    'MalformedXML',
  ],
  ['PUT', '/?versioning', '<!DOCTYPE a [<!ENTITY b "c">]><VersioningConfiguration/>', 400, 'MalformedXML'],
  [
    'PUT',
    '/?versioning',
    '<VersioningConfiguration><Status>Enabled</Status><New/></VersioningConfiguration>',
    400,
    'MalformedXML',
  ],
  ['POST', '/?delete', '<Delete/>', 400, 'InvalidRequest'],
  ['GET', '/?max-keys=many', '', 400, 'InvalidArgument'],
  ['GET', '/%ff', '', 400, 'InvalidURI'],
  ['PUT', '/k?uploadId=x', '', 501, 'NotImplementedBySandbox'],
  ['PUT', '/k?partNumber=1', '', 501, 'NotImplementedBySandbox'],
  ['PUT', '/?lifecycle', '', 501, 'NotImplementedBySandbox'],
  ['PUT', '/?analytics', '', 501, 'NotImplementedBySandbox'],
  ['POST', '/', '', 501, 'NotImplementedBySandbox'],
  ['PATCH', '/k', '', 501, 'NotImplementedBySandbox'],
  ['GET', '/k?attributes', '', 400, 'InvalidRequest'],
] as const)('%s %s %s', async (method, path, body, status, code) => {
  const world = await withBucket();
  const answer = await answerTo(world, signedRequest({ method, path, body }));
  expect([answer.status, answer.code]).toEqual([status, code]);
});

test('the global endpoint creates buckets anywhere, and redirects to a bucket’s region', async () => {
  const world = createWorld();
  const create = signedRequest({
    method: 'PUT',
    hostname: 's3.amazonaws.com',
    path: '/far.away',
    body: '<CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>',
  });
  expect((await answerTo(world, create)).status).toBe(200);
  const hostname = 'far.away.s3.amazonaws.com';
  const wrong = await answerTo(world, signedRequest({ hostname }));
  expect([wrong.code, /<Region>(.*)<\/Region>/.exec(wrong.text)?.[1]]).toEqual([
    'AuthorizationHeaderMalformed',
    'eu-west-1',
  ]);
  expect((await answerTo(world, signedRequest({ hostname, region: 'eu-west-1' }))).status).toBe(200);
  const byPath = await answerTo(world, signedRequest({ hostname: 's3.amazonaws.com', path: '/far.away' }));
  expect([byPath.status, byPath.headers['x-amz-bucket-region']]).toEqual([301, 'eu-west-1']);
});

test('paths are signed as S3 reads them, however they are written', async () => {
  const world = await withBucket();
  const put = signedRequest({ method: 'PUT', path: '/a%2Bb%2Ac/d', body: 'x' });
  expect((await answerTo(world, { ...put, path: '/a+b*c/d' })).status).toBe(200);
  expect((await answerTo(world, signedRequest({ path: '/a%2Bb%2Ac/d' }))).text).toBe('x');
});

test.each([
  ['<a>1</a>', { text: '1' }],
  ['<?xml version="1.0"?><!-- c --><n:a xmlns:n="u"><b/></n:a>', { name: 'a', children: [{ name: 'b' }] }],
  ['<a>&lt;&#65;&#x1F600;<![CDATA[<&]]></a>', { text: '<A😀<&' }],
  [`<a x:type='"'>\r\n</a>`, { attributes: { 'x:type': '"' }, text: '\n' }],
])('the document %s is read', (text, expected) => {
  expect(readXmlDocument(text)).toMatchObject(expected);
});

test.each([
  '',
  'a',
  '<a>',
  '<a></b>',
  '</a>',
  '<a/><b/>',
  '<a/>x',
  '<a b/>',
  '<a>&nbsp;</a>',
  '<a>&</a>',
  '<a>&#0;</a>',
  '<!DOCTYPE a><a/>',
  '<a><b></a></b>',
  '<a'.repeat(99),
  '<a>'.repeat(99),
])('the document %j is refused', (text) => {
  expect(() => readXmlDocument(text)).toThrow(SyntaxError);
});

test('S3 can fail by a fault, and the log has the length of content', async () => {
  const { faults, ...world } = await withBucket();
  faults.add([{ on: 's3:PutObject', input: '"Key":"k"', does: { error: 'SlowDown' } }]);
  const put = (path: string) =>
    answerTo(world, signedRequest({ method: 'PUT', path, body: 'secret content' }));
  expect((await put('/other')).status).toBe(200);
  const slow = await put('/k');
  expect([slow.status, slow.code]).toEqual([503, 'SlowDown']);
  expect((await put('/k')).status).toBe(200);
  const [last] = world.aws.calls().slice(-1);
  expect(last).toMatchObject({ service: 's3', operation: 'PutObject', status: 200 });
  expect(last?.input).toMatchObject({ Bucket: 'a-bucket', Key: 'k', Body: '(14 bytes)' });
  expect(JSON.stringify(world.aws.calls())).not.toContain('secret content');
});

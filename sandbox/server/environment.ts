export interface EnvironmentOptions {
  /** Of the proxy. */
  url: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  caFile: string;
  /** An empty file in place of the user's AWS configuration, which could name another endpoint. */
  emptyFile: string;
  sshPort: number;
}

/**
 * What a tool needs in its environment to reach the sandbox and nothing else. HTTP_PROXY too, since HTTPS_PROXY does
 * not cover the instance metadata service; NO_PROXY is not empty, since Go then asks no_proxy; both spellings, since
 * an inherited one of the other would win in some tools. SSL_CERT_FILE is Go's and OpenSSL's, the others are those of
 * the AWS SDKs, curl, Python's requests and Node.
 */
export function environmentFor(options: EnvironmentOptions): Record<string, string> {
  const { url, caFile, sshPort } = options;
  const loopback = '127.0.0.1';
  return {
    ...identityFor(options),
    HTTPS_PROXY: url,
    HTTP_PROXY: url,
    https_proxy: url,
    http_proxy: url,
    NO_PROXY: loopback,
    no_proxy: loopback,
    AWS_CA_BUNDLE: caFile,
    SSL_CERT_FILE: caFile,
    CURL_CA_BUNDLE: caFile,
    REQUESTS_CA_BUNDLE: caFile,
    NODE_EXTRA_CA_CERTS: caFile,
    PKR_VAR_ssh_port: String(sshPort),
    CHECKPOINT_DISABLE: '1',
  };
}

/**
 * The other way there: an endpoint URL, for tools that know it (AWS SDKs and CLI since 2023, and what is made with them), with no
 * proxy and no authority to trust. What does not know it goes to AWS, with credentials that are good for nothing there.
 */
export const endpointEnvironmentFor = (
  options: Pick<EnvironmentOptions, 'url' | 'credentials' | 'emptyFile'>,
): Record<string, string> => ({ ...identityFor(options), AWS_ENDPOINT_URL: options.url });

const identityFor = ({
  credentials,
  emptyFile,
}: Pick<EnvironmentOptions, 'credentials' | 'emptyFile'>): Record<string, string> => ({
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  AWS_REGION: 'us-east-1',
  AWS_DEFAULT_REGION: 'us-east-1',
  AWS_CONFIG_FILE: emptyFile,
  AWS_SHARED_CREDENTIALS_FILE: emptyFile,
  AWS_EC2_METADATA_DISABLED: 'true',
});

/** The environment as lines that a POSIX shell evaluates: `export NAME='value'`. */
export function asExports(environment: Record<string, string>): string {
  return Object.entries(environment)
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'\n`)
    .join('');
}

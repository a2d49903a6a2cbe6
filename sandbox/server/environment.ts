export interface EnvironmentOptions {
  /** Of the proxy. */
  url: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  caFile: string;
  /** An empty file instead of the user's AWS configuration, which could name another endpoint. */
  emptyFile: string;
  sshPort: number;
}

/**
 * The environment with which a tool reaches the sandbox and nothing else. HTTP_PROXY is included because HTTPS_PROXY does not
 * cover the instance metadata service. NO_PROXY is not empty because Go would then read no_proxy. Both spellings are set
 * because some tools would prefer an inherited variable of the other spelling. SSL_CERT_FILE is for Go and OpenSSL, the others
 * are for the AWS SDKs, curl, Python's requests and Node.
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
 * The other way to reach it: an endpoint URL, for tools that support it (AWS SDKs and CLI since 2023, and tools built on them),
 * without a proxy and without an authority to trust. Tools that do not support it contact AWS, with credentials that are not
 * valid there.
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

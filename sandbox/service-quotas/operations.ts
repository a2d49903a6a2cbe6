import type {
  GetAWSDefaultServiceQuotaRequest,
  GetAWSDefaultServiceQuotaResponse,
  GetServiceQuotaRequest,
  GetServiceQuotaResponse,
  ListServiceQuotasRequest,
  ListServiceQuotasResponse,
  ServiceQuota,
} from '@aws-sdk/client-service-quotas';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import { pageOf } from '../calls/pages.ts';
import { newAccount } from '../model/account-settings.ts';
import { AwsError } from '../model/aws-error.ts';
import { type QuotaCode, quotaNames } from '../model/settings/quotas.ts';
import { settingsOf } from '../state/stored-settings.ts';

const view = ({ account, region }: Context, code: QuotaCode, value: number): ServiceQuota => ({
  ServiceCode: 'ec2',
  ServiceName: 'Amazon Elastic Compute Cloud (Amazon EC2)',
  QuotaArn: `arn:aws:servicequotas:${region}:${account}:ec2/${code}`,
  QuotaCode: code,
  QuotaName: quotaNames[code],
  Value: value,
  Unit: 'None',
  Adjustable: true,
  GlobalQuota: false,
  QuotaAppliedAtLevel: 'ACCOUNT',
});

const noSuch = (message: string): AwsError => new AwsError('NoSuchResourceException', message);

const checkService = (code: string): void => {
  if (code !== 'ec2')
    throw noSuch(`The request failed because the specified service ${code} does not exist.`);
};

const checkCode = (service: string, code: string): QuotaCode => {
  checkService(service);
  if (Object.hasOwn(quotaNames, code)) return code as QuotaCode;
  throw noSuch('The request failed because the specified quota does not exist.');
};

/** The sandbox's Service Quotas operations: reading the EC2 quotas that it enforces. */
export const quotaOperations: Record<string, Operation> = {
  GetServiceQuota: operation<GetServiceQuotaRequest, GetServiceQuotaResponse>(
    ['ServiceCode', 'QuotaCode'],
    (context, { ServiceCode = '', QuotaCode = '' }) => {
      const code = checkCode(ServiceCode, QuotaCode);
      return { Quota: view(context, code, settingsOf(context).quotas[code]) };
    },
  ),

  GetAWSDefaultServiceQuota: operation<GetAWSDefaultServiceQuotaRequest, GetAWSDefaultServiceQuotaResponse>(
    ['ServiceCode', 'QuotaCode'],
    (context, { ServiceCode = '', QuotaCode = '' }) => {
      const code = checkCode(ServiceCode, QuotaCode);
      return { Quota: view(context, code, newAccount.quotas[code]) };
    },
  ),

  ListServiceQuotas: operation<ListServiceQuotasRequest, ListServiceQuotasResponse>(
    ['ServiceCode', 'MaxResults', 'NextToken', 'QuotaCode'],
    (context, { ServiceCode = '', QuotaCode, MaxResults, NextToken }) => {
      checkService(ServiceCode);
      const codes = Object.keys(quotaNames).filter((code) => QuotaCode === undefined || code === QuotaCode);
      const { items, next } = page(codes, { MaxResults, NextToken });
      const { quotas } = settingsOf(context);
      return {
        Quotas: items.map((code) => view(context, code as QuotaCode, quotas[code as QuotaCode])),
        NextToken: next,
      };
    },
  ),
};

const page = (codes: string[], request: Parameters<typeof pageOf>[3]) => {
  try {
    return pageOf('ListServiceQuotas', codes, (code) => code, request, { least: 1, most: 100 });
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const code =
      request.NextToken === undefined ? 'IllegalArgumentException' : 'InvalidPaginationTokenException';
    throw new AwsError(code, error.message);
  }
};

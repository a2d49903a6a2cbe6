import { count, object } from './schema-parts.ts';

/** Service Quotas quotas that the sandbox enforces, by code, with AWS's names for them. */
export const quotaNames = {
  'L-0E3CBAB9': 'Public AMIs',
  'L-1216C47A': 'Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances',
  'L-DB2E81BA': 'Running On-Demand G and VT instances',
  'L-417A185B': 'Running On-Demand P instances',
  'L-7295265B': 'Running On-Demand X instances',
  'L-74FC7D96': 'Running On-Demand F instances',
  'L-1945791B': 'Running On-Demand Inf instances',
  'L-2C3B7624': 'Running On-Demand Trn instances',
  'L-6E869C2A': 'Running On-Demand DL instances',
  'L-F7808C92': 'Running On-Demand HPC instances',
  'L-43DA4232': 'Running On-Demand High Memory instances',
  'L-34B43A08': 'All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests',
  'L-3819A6DF': 'All G and VT Spot Instance Requests',
  'L-7212CCBC': 'All P4, P3 and P2 Spot Instance Requests',
  'L-E3A00192': 'All X Spot Instance Requests',
  'L-88CF9481': 'All F Spot Instance Requests',
  'L-B5D1601B': 'All Inf Spot Instance Requests',
  'L-6B0D517C': 'All Trn Spot Instance Requests',
  'L-85EED4F7': 'All DL Spot Instance Requests',
} as const;

export type QuotaCode = keyof typeof quotaNames;

const codes = Object.fromEntries(
  Object.entries(quotaNames).map(([code, name]) => [code, count(`${name}.`)]),
) as Record<QuotaCode, ReturnType<typeof count>>;

export const quotaSettings = {
  quotas: object(
    'Quotas that differ from those of a new account, by their code in Service Quotas.',
    {},
    codes,
    'an object of quota codes and numbers, such as {"L-1216C47A": 32}',
  ),
  inUse: object(
    'How much of each quota is in use: the sandbox creates a running instance with this many vCPUs, or this many public AMIs.',
    {},
    codes,
    'an object of quota codes and numbers, such as {"L-1216C47A": 30}',
  ),
} as const;

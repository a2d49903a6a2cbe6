/** A vCPU quota in Service Quotas of Amazon EC2, for On-Demand or Spot Instances of some families. */
export interface VcpuQuota {
  code: string;
  name: string;
}

/**
 * By the first letters of a family's name; any other family is a standard one ("On-Demand Instance quotas" and "Spot Instance
 * quotas", Amazon EC2 User Guide; codes and names as Service Quotas lists them). HPC and High Memory families have no Spot
 * quota, because they have no Spot Instances.
 */
const ofFamilies: readonly [pattern: RegExp, onDemand: VcpuQuota, spot: VcpuQuota | undefined][] = [
  [/^hpc/, { code: 'L-F7808C92', name: 'Running On-Demand HPC instances' }, undefined],
  [
    /^inf/,
    { code: 'L-1945791B', name: 'Running On-Demand Inf instances' },
    { code: 'L-B5D1601B', name: 'All Inf Spot Instance Requests' },
  ],
  [
    /^trn/,
    { code: 'L-2C3B7624', name: 'Running On-Demand Trn instances' },
    { code: 'L-6B0D517C', name: 'All Trn Spot Instance Requests' },
  ],
  [
    /^dl/,
    { code: 'L-6E869C2A', name: 'Running On-Demand DL instances' },
    { code: 'L-85EED4F7', name: 'All DL Spot Instance Requests' },
  ],
  [/^u/, { code: 'L-43DA4232', name: 'Running On-Demand High Memory instances' }, undefined],
  [
    /^(?:g|vt)/,
    { code: 'L-DB2E81BA', name: 'Running On-Demand G and VT instances' },
    { code: 'L-3819A6DF', name: 'All G and VT Spot Instance Requests' },
  ],
  [
    /^p/,
    { code: 'L-417A185B', name: 'Running On-Demand P instances' },
    { code: 'L-7212CCBC', name: 'All P Spot Instance Requests' },
  ],
  [
    /^x/,
    { code: 'L-7295265B', name: 'Running On-Demand X instances' },
    { code: 'L-E3A00192', name: 'All X Spot Instance Requests' },
  ],
  [
    /^f/,
    { code: 'L-74FC7D96', name: 'Running On-Demand F instances' },
    { code: 'L-88CF9481', name: 'All F Spot Instance Requests' },
  ],
];

const standard: readonly [VcpuQuota, VcpuQuota] = [
  { code: 'L-1216C47A', name: 'Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances' },
  { code: 'L-34B43A08', name: 'All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests' },
];

/** The quota that an instance of a type counts against. Pure. */
export function vcpuQuotaOf(type: string, spot: boolean): VcpuQuota | undefined {
  const [, onDemand, ofSpot] = ofFamilies.find(([pattern]) => pattern.test(type)) ?? [undefined, ...standard];
  return spot ? ofSpot : onDemand;
}

import type { ApiFault, Fault, Faults, Machine, SshFault } from '../model/contract.ts';
import { serviceNames } from '../model/service-names.ts';

/** A rule and its remaining count. `times` is Infinity if the rule says 0, which means all. */
interface Rule {
  fault: Fault;
  skip: number;
  times: number;
}

/** An empty set of rules. `add` throws for a rule that could never apply as written. */
export const createFaults = (): Faults => {
  let rules: Rule[] = [];

  const use = <F extends Fault>(matches: (fault: Fault) => fault is F): F | undefined => {
    for (const rule of rules) {
      if (!matches(rule.fault)) continue;
      if (rule.skip > 0) {
        rule.skip -= 1;
        continue;
      }
      rule.times -= 1;
      if (rule.times <= 0) rules = rules.filter((one) => one !== rule);
      return rule.fault;
    }
    return undefined;
  };

  return {
    add: (faults) => {
      for (const fault of faults) checkFault(fault);
      rules.push(
        ...faults.map((fault) => ({
          fault,
          skip: fault.skip ?? 0,
          times: fault.times === 0 ? Number.POSITIVE_INFINITY : (fault.times ?? 1),
        })),
      );
    },
    list: () =>
      rules.map(({ fault, skip, times }) => ({ ...fault, skip, times: Number.isFinite(times) ? times : 0 })),
    clear: () => {
      rules = [];
    },
    forCall: (call) =>
      use((fault): fault is ApiFault => fault.on !== 'ssh' && matchesCall(fault as ApiFault, call)),
    forCommand: (machine, command) =>
      use(
        (fault): fault is SshFault =>
          fault.on === 'ssh' && matchesCommand(fault as SshFault, machine, command),
      ),
  };
};

const matchesCall = (fault: ApiFault, call: Parameters<Faults['forCall']>[0]): boolean => {
  const [service] = call.operation.split(':');
  return (
    (fault.on === call.operation || fault.on === `${service}:*`) &&
    (fault.region === undefined || fault.region === call.region) &&
    (!isDryRun(call.input) || actsOnDryRuns(fault)) &&
    (fault.userAgent === undefined || call.userAgent.toLowerCase().includes(fault.userAgent.toLowerCase())) &&
    (fault.input === undefined || (JSON.stringify(call.input) ?? '').includes(fault.input))
  );
};

const isDryRun = (input: unknown): boolean =>
  typeof input === 'object' && input !== null && 'DryRun' in input && input.DryRun === true;

/** In a dry run EC2 does not get as far as capacity or creating a resource: it checks only permissions and its own rates. */
const actsOnDryRuns = ({ does }: ApiFault): boolean =>
  typeof does === 'object' &&
  'error' in does &&
  /^(?:UnauthorizedOperation|AuthFailure|RequestExpired|RequestLimitExceeded|InternalError|Unavailable|ServiceUnavailable)$/.test(
    does.error,
  );

const matchesCommand = (fault: SshFault, machine: Machine, command: string): boolean =>
  (fault.target === undefined ||
    fault.target === machine.instanceId ||
    fault.target === machine.tags['gopackgo:target']) &&
  (fault.command === undefined || new RegExp(fault.command).test(command));

const canFail = new Set([
  'ec2:CopyImage',
  'ec2:CreateFleet',
  'ec2:CreateImage',
  'ec2:CreateRestoreImageTask',
  'ec2:CreateStoreImageTask',
  'ec2:ImportSnapshot',
  'ec2:RunInstances',
]);

const operationPattern = new RegExp(`^(${serviceNames.join('|')}):(\\*|[A-Z][A-Za-z0-9]+)$`);

/** Throws for a rule that could never apply as written. */
export const checkFault = (fault: Fault): void => {
  const refuse = (why: string): never => {
    throw new Error(`${JSON.stringify(fault)}: ${why}`);
  };
  if (fault.on === 'ssh') {
    const { command } = fault as SshFault;
    try {
      if (command !== undefined) new RegExp(command);
    } catch (error) {
      refuse(`\`command\` is not a valid regular expression: ${(error as Error).message}`);
    }
  } else if (!operationPattern.test(fault.on)) {
    refuse('expected `on` to be `ssh` or a service and an operation, such as `ec2:RunInstances` or `ec2:*`');
  }
  for (const count of [fault.skip, fault.times]) {
    if (count !== undefined && (!Number.isInteger(count) || count < 0))
      refuse('`skip` and `times` must be whole numbers, 0 or more');
  }
  const { does } = fault;
  if (typeof does === 'object' && 'becomes' in does && !canFail.has(fault.on)) {
    refuse(`\`becomes\` only works for ${new Intl.ListFormat('en').format(canFail)}`);
  }
};

import { randomUUID } from 'node:crypto';
import { autoScalingOperations } from './auto-scaling/operations.ts';
import { authenticate } from './calls/authentication.ts';
import { type CallRecord, createCallLog } from './calls/call-log.ts';
import { type Context, type Operation, refuseUnknownMembers } from './calls/operation.ts';
import { createRequestRates } from './calls/request-rates.ts';
import { type Caller, nobody } from './calls/sessions.ts';
import { applyRules } from './declared/apply-rules.ts';
import { doDueWork, ec2Operations, interruptSpot, isReachable, runningMachines } from './ec2/operations.ts';
import { iamOperations } from './iam/operations.ts';
import { kmsOperations } from './kms/operations.ts';
import { AwsError, notImplemented } from './model/aws-error.ts';
import { type Behaviour, standardBehaviour, withBehaviour } from './model/behaviour.ts';
import type {
  ApiFault,
  AwsRequest,
  AwsResponse,
  EmbeddedAws,
  Faults,
  Machines,
  Unanswered,
} from './model/contract.ts';
import { receive, settledEndpoint } from './s3/authentication.ts';
import { sweepContent } from './s3/content.ts';
import { s3Operations } from './s3/operations.ts';
import { quotaOperations } from './service-quotas/operations.ts';
import { snsOperations } from './sns/operations.ts';
import { ssmOperations } from './ssm/operations.ts';
import { clockOffset, moveClock, passTime } from './state/clock.ts';
import { Store } from './state/store.ts';
import { changedSettings } from './state/stored-settings.ts';
import { createVisibility } from './state/visibility.ts';
import { stsOperations } from './sts/operations.ts';
import { type Endpoint, endpointOf } from './wire/host.ts';
import { lackingOf, type OtherService, otherServiceOf } from './wire/other-service.ts';
import { redactSensitive } from './wire/redact.ts';
import { inputOf, operationNameOf, operationOf } from './wire/request.ts';
import { answerOf, errorAnswerOf } from './wire/response.ts';
import {
  type OperationSchema,
  protocols,
  type Service,
  type ServiceName,
  serviceNamed,
} from './wire/service.ts';

export interface AwsOptions {
  /** The folder of `state.ndjson`, `calls.ndjson` and generated keys. Created if it is missing. */
  folder: string;
  machines: Machines;
  faults: Faults;
  /** The reachable address for an instance that asks for the given one; by default the same address. */
  addressFor?: (address: string) => string;
  now?: () => Date;
  /** Applied at the start and again at each reset. */
  behaviour?: Behaviour;
  /** Waits this many milliseconds of its clock; rejects when the signal aborts. */
  sleep?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

export interface Aws extends EmbeddedAws {
  /** Identity of the state; `reset` changes it. */
  readonly id: string;
  /** The latest calls, oldest first. */
  calls(): CallRecord[];
}

/** Every operation that the sandbox implements, by service. */
export const operations: Readonly<Record<ServiceName, Readonly<Record<string, Operation>>>> = {
  autoscaling: autoScalingOperations,
  ec2: ec2Operations,
  iam: iamOperations,
  kms: kmsOperations,
  s3: s3Operations,
  servicequotas: quotaOperations,
  sns: snsOperations,
  ssm: ssmOperations,
  sts: stsOperations,
};

/** What is known of a call so far, for its answer and its log line. */
interface Call {
  requestId: string;
  endpoint?: Endpoint;
  service?: Service;
  /** The service that the request is for, if the sandbox does not have it. */
  other?: OtherService;
  operation?: OperationSchema;
  name: string;
  caller: Caller;
  input?: Record<string, unknown>;
}

/** The API side of the embedded AWS. Throws if the folder's state is damaged or cannot be written. */
export const createAws = (options: AwsOptions): Aws => {
  const { folder, machines, faults } = options;
  const realNow = options.now ?? (() => new Date());
  const now = () => new Date(realNow().getTime() + clockOffset(store));
  const sleep = options.sleep ?? ((milliseconds, signal) => passTime(milliseconds, now, signal));
  const visibility = createVisibility();
  const rates = createRequestRates();
  const store: Store = new Store(folder, (kind, id) => visibility.made(kind, id, behaviour.consistency));
  const log = createCallLog(folder);
  const closing = new AbortController();
  const sleepUntilClosed = (milliseconds: number) => sleep(milliseconds, closing.signal);
  const heldUp = async (milliseconds: number) => {
    try {
      await sleepUntilClosed(milliseconds);
    } catch (error) {
      if (!closing.signal.aborted) throw error;
    }
  };
  let behaviour = standardBehaviour;
  const change = (given: Behaviour): void => {
    applyRules(store, given.accounts ?? [], now());
    behaviour = withBehaviour(behaviour, given);
  };
  change(options.behaviour ?? {});
  sweepContent(folder, store);

  const record = (call: Call, request: AwsRequest, status: number, error?: string): void =>
    log.add({
      time: now().toISOString(),
      service: call.endpoint?.service ?? call.other?.service ?? request.hostname,
      operation: call.name,
      region: call.endpoint?.region ?? call.other?.region ?? '',
      account: call.caller.account,
      userAgent: request.headers['user-agent'] ?? '',
      status,
      ...(error === undefined ? {} : { error }),
      ...(call.operation && call.input ? { input: redactSensitive(call.operation.input, call.input) } : {}),
      requestId: call.requestId,
    });

  const carryOut = async (call: Call, endpoint: Endpoint, fault: ApiFault | undefined): Promise<object> => {
    const { name, input = {}, caller } = call;
    const its = operations[endpoint.service][name];
    if (!its) throw notImplemented(`${endpoint.service}:${name}`);
    refuseUnknownMembers(endpoint.service, name, its, input);
    const effects: (() => Promise<void>)[] = [];
    const seen = new Map<string, boolean>();
    const does = fault?.does;
    const context: Context = {
      account: caller.account,
      caller,
      region: endpoint.region,
      ...(endpoint.isGlobal ? { isGlobal: true } : {}),
      now: now(),
      store,
      machines,
      folder,
      addressFor: options.addressFor ?? ((address) => address),
      durations: behaviour.durations,
      sees: (id) => {
        const known = seen.get(id) ?? visibility.look(id);
        seen.set(id, known);
        return known;
      },
      ...(typeof does === 'object' && 'becomes' in does
        ? { becomesFailed: does.reason === undefined ? {} : { reason: does.reason } }
        : {}),
      afterwards: (effect) => effects.push(effect),
    };
    const due: (() => Promise<void>)[] = [];
    doDueWork({ ...context, afterwards: (effect) => due.push(effect) });
    for (const effect of due) await effect();
    const output = store.transact(() => {
      const result = its.run(context, input);
      if (input.DryRun === true) {
        throw new AwsError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.');
      }
      return result;
    });
    for (const effect of effects) await effect();
    return output;
  };

  /** The call is over, whatever its result, and no answer is sent. */
  const lost = (call: Call, request: AwsRequest): Unanswered => {
    record(call, request, 0, 'dropAnswer');
    return 'drop';
  };

  const answer = async (call: Call, request: AwsRequest): Promise<AwsResponse | Unanswered> => {
    const named = endpointOf(request.hostname);
    if (!named) {
      call.other = otherServiceOf(request);
      call.name = call.other.operation;
      throw notImplemented(lackingOf(request.hostname, call.other));
    }
    const endpoint = named.service === 's3' ? settledEndpoint(store, request, named) : named;
    const { region, service } = endpoint;
    call.endpoint = endpoint;
    call.service = await serviceNamed(service);
    call.name = operationNameOf(call.service, request);
    const received =
      service === 's3'
        ? receive(request, endpoint, call.name, { store, now: realNow(), moved: now() })
        : { caller: authenticate(request, { service, region }, { store, now: now() }), request };
    call.caller = received.caller ?? nobody;
    call.operation = operationOf(call.service, received.request);
    call.input = inputOf(call.service, call.operation, received.request);
    const rated = { account: call.caller.account, region, operation: call.name, input: call.input };
    if (service === 'ec2' && behaviour.requestRates === 'enforced' && !rates.take(rated, now().getTime())) {
      throw new AwsError('RequestLimitExceeded', 'Request limit exceeded.');
    }
    const fault = faults.forCall({
      operation: `${service}:${call.name}`,
      region,
      userAgent: request.headers['user-agent'] ?? '',
      input: call.input,
    });
    const does = fault?.does;
    if (does === 'drop' || does === 'hang') {
      record(call, request, 0, does);
      return does;
    }
    if (does && 'error' in does) {
      throw new AwsError(
        does.error,
        does.message ?? `${does.error}, injected by a fault in the sandbox`,
        does.status,
      );
    }
    if (does && 'delay' in does) await heldUp(does.delay);
    const isLost = typeof does === 'object' && 'dropAnswer' in does;
    let output: object;
    try {
      output = await carryOut(call, endpoint, fault);
    } catch (refused) {
      if (isLost) return lost(call, request);
      throw refused;
    }
    if (isLost) return lost(call, request);
    const answered = answerOf(call.service, call.operation, output, call.requestId);
    record(call, request, answered.status);
    if (does && 'delayAnswer' in does) await heldUp(does.delayAnswer);
    return answered;
  };

  return {
    get id() {
      return store.id;
    },
    handle: async (request) => {
      if (closing.signal.aborted) return 'drop';
      const call: Call = { requestId: randomUUID(), name: '', caller: nobody };
      try {
        return withoutBodyOfHead(request, await answer(call, request));
      } catch (thrown) {
        if (closing.signal.aborted) return 'drop';
        const error = thrown instanceof AwsError ? thrown : internalError(call, thrown, folder);
        record(call, request, error.status, `${error.code}: ${error.message}`);
        return withoutBodyOfHead(request, errorAnswerOf(formOf(call), error, call.requestId));
      }
    },
    running: () => runningMachines(store),
    interrupt: async (instanceId) => {
      if (!interruptSpot(store, now(), instanceId)) return false;
      await machines.stop(instanceId);
      return true;
    },
    isReachable: (instanceId, address, port) => isReachable(store, now(), instanceId, address, port),
    reset: async () => {
      for (const machine of runningMachines(store)) await machines.stop(machine.instanceId);
      store.reset();
      sweepContent(folder, store);
      log.clear();
      rates.clear();
      visibility.clear();
      behaviour = standardBehaviour;
      change(options.behaviour ?? {});
    },
    close: async () => {
      if (closing.signal.aborted) return;
      closing.abort();
      store.close();
    },
    calls: () => log.calls(),
    sleep: sleepUntilClosed,
    settings: {
      change,
      show: () => {
        const { durations: speed, ...others } = behaviour;
        return { speed, ...others, accounts: changedSettings(store), now: now().toISOString() };
      },
      advance: (seconds) => {
        moveClock(store, seconds);
        return now();
      },
    },
  };
};

/** HEAD gets the headers of the answer without its body. */
const withoutBodyOfHead = <T extends AwsResponse | Unanswered>({ method }: AwsRequest, answer: T): T =>
  method === 'HEAD' && typeof answer === 'object' ? { ...answer, body: Buffer.alloc(0) } : answer;

/** The error format that the caller expects. */
const formOf = ({ service, other }: Call): Parameters<typeof errorAnswerOf>[0] =>
  service ? { form: service.protocol, namespace: service.namespace } : { form: other?.form };

const isJson = (service: ServiceName): boolean => protocols[service].protocol === 'awsJson1.1';

/** A full disk has an error of its own: clients retry errors that look temporary for minutes, and a full disk is not temporary. */
const internalError = (call: Call, thrown: unknown, folder: string): AwsError => {
  const errno = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  if (outOfRoom.has(errno)) {
    return new AwsError(
      'SandboxDiskFull',
      `no space left on device (${errno}): the sandbox cannot keep its state in ${folder}. Free some space, then run the same command again.`,
      400,
    );
  }
  const why = thrown instanceof Error ? thrown.message : String(thrown);
  const service = call.endpoint?.service;
  const code = service && isJson(service) ? 'InternalServerError' : 'InternalError';
  return new AwsError(code, `The sandbox itself failed: ${why}`);
};

const outOfRoom = new Set(['ENOSPC', 'EDQUOT']);

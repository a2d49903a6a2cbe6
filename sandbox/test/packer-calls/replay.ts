import * as ec2 from '@aws-sdk/client-ec2';
import * as iam from '@aws-sdk/client-iam';
import * as sts from '@aws-sdk/client-sts';
import { defaultAccount } from '../../model/accounts.ts';
import type { World } from '../../testing/world.ts';
import type { RecordedCall } from './recording.ts';

const commands = { ec2, iam, sts };

/** A call that was sent again, with its new status. */
export interface ReplayedCall extends RecordedCall {
  /** Code of the error that it failed with. */
  error?: string;
}

/**
 * Sends a recording's calls through SDK clients, one after another, each after `before` has run. The recorded parameters are
 * those that the sandbox read, with the API model's names. A client's input uses the same names, so it sends exactly what was
 * recorded; query strings of our own would only guess at Packer's.
 *
 * A recording has no answers. Packer's builds name resources in the order of their creation, so the nth id of a kind in the
 * recording becomes the nth id of that kind in the new answers. Other ids stay: base AMIs, the VPC and its subnets have ids
 * derived from their names.
 */
export const replay = async (
  world: World,
  recording: readonly RecordedCall[],
  before: (call: RecordedCall) => Promise<void>,
): Promise<ReplayedCall[]> => {
  const ids = mappedIds();
  const replayed: ReplayedCall[] = [];
  for (const recorded of recording) {
    await before(recorded);
    const input = JSON.parse(JSON.stringify(recorded.input), (_, value) =>
      typeof value === 'string' ? ids.now(value) : value,
    );
    const { answer, ...outcome } = await send(world, { ...recorded, input });
    for (const id of madeIn(recorded.operation, answer)) ids.made(id);
    replayed.push({ ...recorded, input, ...outcome });
  }
  return replayed;
};

const kindOf = (id: string): string => id.slice(0, id.indexOf('-'));

/** New ids from the answers, by recorded id; an id that no call has created stays as it is. */
const mappedIds = () => {
  const byRecorded = new Map<string, string>();
  const seen = new Set<string>();
  const unnamed = new Map<string, string[]>();
  return {
    made: (id: string): void => {
      if (seen.has(id)) return;
      seen.add(id);
      unnamed.set(kindOf(id), [...(unnamed.get(kindOf(id)) ?? []), id]);
    },
    now: (text: string): string => {
      if (!/^(i|sg|ami|snap|vol)-0[0-9a-f]{16}$/.test(text)) return text;
      const known = byRecorded.get(text);
      if (known) return known;
      const [next = text, ...later] = unnamed.get(kindOf(text)) ?? [];
      unnamed.set(kindOf(text), later);
      byRecorded.set(text, next);
      return next;
    },
  };
};

/** The members of answers that contain ids of new resources. */
interface Answer {
  Instances?: ec2.Instance[];
  Reservations?: ec2.Reservation[];
  Images?: ec2.Image[];
  GroupId?: string;
  ImageId?: string;
}

/** Ids in an answer of resources that the account has created. */
const madeIn = (operation: string, answer: Answer): string[] => {
  const { Instances = [], Reservations = [], Images = [], GroupId, ImageId } = answer;
  const read: Record<string, (string | undefined)[]> = {
    CreateSecurityGroup: [GroupId],
    RunInstances: Instances.map(({ InstanceId }) => InstanceId),
    DescribeInstances: Reservations.flatMap(({ Instances = [] }) => Instances)
      .flatMap(({ BlockDeviceMappings = [] }) => BlockDeviceMappings)
      .map(({ Ebs }) => Ebs?.VolumeId),
    CreateImage: [ImageId],
    RegisterImage: [ImageId],
    DescribeImages: Images.filter(({ OwnerId }) => OwnerId === defaultAccount.id)
      .flatMap(({ BlockDeviceMappings = [] }) => BlockDeviceMappings)
      .map(({ Ebs }) => Ebs?.SnapshotId),
  };
  return (read[operation] ?? []).filter((id) => id !== undefined);
};

interface Metadata {
  $metadata?: { httpStatusCode?: number };
}

const send = async (
  world: World,
  { service, operation, region, input }: RecordedCall,
): Promise<{ status: number; error?: string; answer: Answer }> => {
  const Command = Reflect.get(commands[service], `${operation}Command`) as new (input: object) => object;
  const client = world[service]({ region }) as { send(command: object): Promise<Answer & Metadata> };
  const { DeprecateAt } = input;
  const dated = typeof DeprecateAt === 'string' ? { ...input, DeprecateAt: new Date(DeprecateAt) } : input;
  try {
    const answer = await client.send(new Command(dated));
    return { status: answer.$metadata?.httpStatusCode ?? 0, answer };
  } catch (error) {
    const { name, $metadata } = error as Error & Metadata;
    return { status: $metadata?.httpStatusCode ?? 0, error: name, answer: {} };
  }
};

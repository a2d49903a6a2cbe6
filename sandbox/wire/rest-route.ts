import type { NormalizedSchema } from '@smithy/core/schema';
import type { AwsRequest } from '../model/contract.ts';
import { requiredMembers } from './members.ts';
import type { Address } from './rest-address.ts';
import type { OperationSchema, Service } from './service.ts';

/** The shape of the requests for an operation. */
interface Route {
  operation: OperationSchema;
  method: string;
  hasBucket: boolean;
  hasKey: boolean;
  /** Sub-resources, some with a value: `acl`, `list-type` = `2`. */
  fixed: ReadonlyMap<string, string>;
  /** Names of required query parameters. */
  needed: ReadonlySet<string>;
  /** Names of all known query parameters. */
  known: ReadonlySet<string>;
  isCopy: boolean;
}

/**
 * Parameters besides the sub-resources that identify an operation: an operation that does not know one of them is not the right
 * one. Otherwise an incomplete request to upload a part would overwrite the object.
 */
const telling = ['uploadId', 'partNumber'];

/** Two operations of other kinds of buckets, which requests to S3's usual endpoints cannot mean. */
const elsewhere = new Set(['ListDirectoryBuckets', 'WriteGetObjectResponse']);

interface Routes {
  routes: Route[];
  /** Every query parameter that distinguishes operations. */
  telling: ReadonlySet<string>;
}

const known = new WeakMap<Service, Routes>();

/** The operation of a request, by method, bucket, key, query and `x-amz-copy-source`; undefined for none. */
export const routeOf = (
  service: Service,
  { method, path, headers }: AwsRequest,
  { bucket, key }: Address,
): OperationSchema | undefined => {
  const { routes, telling } = routesOf(service);
  const query = new URLSearchParams(path.split('?').slice(1).join('?'));
  const asked = [...query.keys()].filter((name) => telling.has(name));
  const isCopy = method === 'PUT' && headers['x-amz-copy-source'] !== undefined;
  const fitting = routes.filter(
    (route) =>
      route.method === method &&
      route.hasBucket === (bucket !== undefined) &&
      route.hasKey === (key !== undefined) &&
      (!isCopy || route.isCopy || route.fixed.size > 0) &&
      (isCopy || !route.isCopy) &&
      asked.every((name) => route.fixed.has(name) || route.known.has(name)) &&
      [...route.fixed].every(
        ([name, value]) => query.has(name) && (value === '' || query.get(name) === value),
      ) &&
      [...route.needed].every((name) => query.has(name)),
  );
  const specificity = ({ fixed, needed }: Route): number => fixed.size + needed.size;
  return fitting.sort((a, b) => specificity(b) - specificity(a))[0]?.operation;
};

const routesOf = (service: Service): Routes => {
  const found = known.get(service);
  if (found) return found;
  const routes = [...service.operations.values()].flatMap((operation) =>
    operation.http && !elsewhere.has(operation.name) ? [toRoute(operation, operation.http)] : [],
  );
  const made = {
    routes,
    telling: new Set([...telling, ...routes.flatMap(({ fixed }) => [...fixed.keys()])]),
  };
  known.set(service, made);
  return made;
};

const toRoute = (operation: OperationSchema, { method, uri }: { method: string; uri: string }): Route => {
  const [path = '', fixed = ''] = uri.split('?');
  const members = membersOf(operation.input);
  const required = new Set(requiredMembers(operation.input));
  const queries = members.flatMap(([name, { httpQuery }]) =>
    typeof httpQuery === 'string' ? [{ httpQuery, isRequired: required.has(name) }] : [],
  );
  return {
    operation,
    method,
    hasBucket: members.some(([name, { httpLabel }]) => name === 'Bucket' && Boolean(httpLabel)),
    hasKey: path.includes('{Key+}'),
    fixed: new Map([...new URLSearchParams(fixed)].filter(([name]) => name !== 'x-id')),
    needed: new Set(queries.filter(({ isRequired }) => isRequired).map(({ httpQuery }) => httpQuery)),
    known: new Set(queries.map(({ httpQuery }) => httpQuery)),
    isCopy: members.some(
      ([name, { httpHeader }]) => required.has(name) && httpHeader === 'x-amz-copy-source',
    ),
  };
};

const membersOf = (schema: NormalizedSchema): [string, Record<string, unknown>][] =>
  schema.isStructSchema()
    ? [...schema.structIterator()].map(([name, member]) => [name, { ...member.getMergedTraits() }])
    : [];

import type {
  CreateTagsRequest,
  DeleteTagsRequest,
  DescribeTagsRequest,
  DescribeTagsResult,
} from '@aws-sdk/client-ec2';
import { type Context, type Operation, operation } from '../calls/operation.ts';
import { pageOf } from '../calls/pages.ts';
import { AwsError } from '../model/aws-error.ts';
import { checkId, notFound, type Prefix, prefixOf, resourceType } from '../model/identifiers.ts';
import { filtered } from './filters.ts';
import { anyImage, isVisible } from './image-records.ts';
import { visibleInstances } from './instance-records.ts';
import { checkKeysInMetadata } from './metadata-options.ts';
import { liveNatGateways, visibleNatGateways } from './nat-gateway-records.ts';
import { networkAclsOf } from './network-acls.ts';
import { internetGatewaysOf, routeTablesOf, securityGroupsOf, subnetsOf, vpcsOf } from './network-records.ts';
import { egressOf } from './security-group-view.ts';
import { refuseForeignSharedTags } from './shared-tags.ts';
import { visibleSnapshot } from './snapshots.ts';
import { addTags, allTags, dropTags, readTags, tagsOf } from './tag-set.ts';

/** Whether the calling account can tag the resource with this id. */
const exists: Record<Prefix, (context: Context, id: string) => boolean> = {
  ami: (context, id) => {
    const image = anyImage(context, id);
    return image !== undefined && isVisible(context, image) && context.sees(id);
  },
  snap: (context, id) => visibleSnapshot(context, id) !== undefined,
  i: (context, id) => visibleInstances(context).some((instance) => instance.id === id) && context.sees(id),
  vol: ({ store, account, region, sees }, id) =>
    store.of('volume', account, region).get(id) !== undefined && sees(id),
  sg: (context, id) => securityGroupsOf(context).some((group) => group.id === id) && context.sees(id),
  key: ({ store, account, region }, id) =>
    store
      .of('keyPair', account, region)
      .list()
      .some((pair) => pair.id === id),
  lt: ({ store, account, region }, id) => store.of('launchTemplate', account, region).get(id) !== undefined,
  cr: () => false,
  vpc: (context, id) => vpcsOf(context).some((vpc) => vpc.id === id),
  subnet: (context, id) => subnetsOf(context).some((subnet) => subnet.id === id),
  eni: (context, id) =>
    visibleInstances(context).some(
      ({ networkInterface, state }) => networkInterface === id && state !== 'terminated',
    ) || liveNatGateways(context).some(({ networkInterface }) => networkInterface === id),
  sgr: (context, id) =>
    securityGroupsOf(context).some((group) =>
      [...group.ingress, ...egressOf(group)].some((rule) => rule.id === id),
    ),
  rtb: (context, id) => routeTablesOf(context).some((table) => table.id === id),
  sir: ({ store, account, region }, id) => store.of('spotRequest', account, region).get(id) !== undefined,
  rtbassoc: () => false,
  eipassoc: () => false,
  igw: (context, id) => internetGatewaysOf(context).some((gateway) => gateway.id === id),
  nat: (context, id) => visibleNatGateways(context).some((gateway) => gateway.id === id),
  eipalloc: ({ store, account, region }, id) => store.of('address', account, region).get(id) !== undefined,
  amiur: ({ store, account, region }, id) =>
    store.of('imageUsageReport', account, region).get(id) !== undefined,
  'import-snap': ({ store, account, region }, id) =>
    store.of('importSnapshotTask', account, region).get(id) !== undefined,
  acl: (context, id) => networkAclsOf(context).some(({ NetworkAclId }) => NetworkAclId === id),
};

/** Resources per call, and tags per call that deletes them (CreateTags, DeleteTags). No page names the error's code. */
const mostAtOnce = 1000;

/** Throws unless each id is well-formed and its resource exists. */
const checkResources = (context: Context, ids: string[] | undefined): string[] => {
  const checked = [...new Set(ids)];
  if (checked.length === 0)
    throw new AwsError('MissingParameter', 'The request must contain the parameter resourceIdSet');
  if ((ids?.length ?? 0) > mostAtOnce) {
    throw new AwsError('InvalidParameterValue', `A call tags at most ${mostAtOnce} resources.`);
  }
  for (const id of checked) {
    const prefix = prefixOf(id);
    if (!prefix) throw new AwsError('InvalidID', `The ID '${id}' is not valid`);
    checkId(prefix, id);
    if (!exists[prefix](context, id)) throw notFound(prefix, id);
  }
  return checked;
};

interface Row {
  resource: string;
  type: string;
  key: string;
  value: string;
}

const rows = (context: Context): Row[] =>
  allTags(context).flatMap(([resource, tags]) => {
    const prefix = prefixOf(resource);
    const type = prefix ? resourceType(prefix) : 'fleet';
    return Object.entries(tags).map(([key, value]) => ({ resource, type, key, value }));
  });

export const tagOperations: Record<string, Operation> = {
  CreateTags: operation<CreateTagsRequest, object>(['Resources', 'Tags'], (context, { Resources, Tags }) => {
    const tags = readTags(Tags);
    const ids = checkResources(context, Resources);
    for (const instance of visibleInstances(context)) {
      if (ids.includes(instance.id)) checkKeysInMetadata(instance, tags);
    }
    for (const id of ids) {
      if (prefixOf(id) === 'ami') refuseForeignSharedTags(context, anyImage(context, id), tags);
      addTags(context, id, tags);
    }
    return {};
  }),

  /**
   * Without tags, deletes all. With only a key, deletes the tag whatever its value; with a value, only if it matches
   * (DeleteTags).
   */
  DeleteTags: operation<DeleteTagsRequest, object>(['Resources', 'Tags'], (context, { Resources, Tags }) => {
    if ((Tags?.length ?? 0) > mostAtOnce) {
      throw new AwsError('InvalidParameterValue', `A call deletes at most ${mostAtOnce} tags.`);
    }
    for (const id of checkResources(context, Resources)) {
      const kept = Object.entries(tagsOf(context, id)).filter(
        ([key, value]) =>
          Tags?.length &&
          !Tags.some((tag) => tag.Key === key && (tag.Value === undefined || tag.Value === value)),
      );
      dropTags(context, id);
      addTags(context, id, Object.fromEntries(kept));
    }
    return {};
  }),

  DescribeTags: operation<DescribeTagsRequest, DescribeTagsResult>(
    ['Filters', 'MaxResults', 'NextToken'],
    (context, input) => {
      const shown = filtered(
        rows(context),
        input.Filters,
        {
          key: ({ key }) => key,
          value: ({ value }) => value,
          'resource-id': ({ resource }) => resource,
          'resource-type': ({ type }) => type,
        },
        ({ key, value }) => ({ [key]: value }),
      );
      const { items, next } = pageOf(
        'DescribeTags',
        shown,
        ({ resource, key }) => `${resource} ${key}`,
        input,
      );
      return {
        Tags: items.map(({ resource, type, key, value }) => ({
          ResourceId: resource,
          ResourceType: type as 'image',
          Key: key,
          Value: value,
        })),
        NextToken: next,
      };
    },
  ),
};

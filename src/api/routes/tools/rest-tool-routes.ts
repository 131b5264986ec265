import { randomUUID } from 'node:crypto';
import { createRestTool, modifyRestTool, retrieveRestTool } from '../../../contract/rest-tools.contract.js';
import { notFound, RequestError } from '../../../domain/errors.js';
import type { RestAuth } from '../../../domain/rest/rest-definition.js';
import type { SecretCipher } from '../../../domain/secrets/secret-cipher.js';
import type { RestToolsRepository } from '../../../repositories/rest-tools.repository.js';
import { handleRoute } from '../../mount-route.js';
import type { MountedRoute, RequestContext } from '../../mount-route.js';
import { presentRestTool } from '../../presenters/rest-tool.js';
import { changedDraft, checkDraft, draftOf } from './to-rest-tool.js';
import type { RestToolChecks } from './to-rest-tool.js';

export interface RestToolRoutesDeps {
  readonly restTools: RestToolsRepository;
  readonly secretCipher: SecretCipher;
  readonly restChecks: RestToolChecks;
}

/** The operations on tools that are requests to other servers. V1 has none of them. */
export function restToolRoutes({ restTools, secretCipher, restChecks }: RestToolRoutesDeps): MountedRoute[] {
  const show = async (toolId: string, { organizationId }: RequestContext) => {
    const record = await restTools.find(organizationId, toolId);
    if (record === null) throw notFound('REST tool', toolId);
    const auth = record.sealedAuth === null ? null : (JSON.parse(secretCipher.open(record.sealedAuth)) as RestAuth);
    return presentRestTool(record, auth);
  };
  const refuseTaken = async (name: string, { organizationId }: RequestContext): Promise<void> => {
    const [taken] = await restTools.takenNames(organizationId, [name]);
    if (taken !== undefined) throw new RequestError('conflict', `Tool with name '${taken}' already exists in your organization`);
  };
  return [
    handleRoute(createRestTool, async ({ body }, context) => {
      const draft = draftOf(body, secretCipher);
      await checkDraft(draft, restChecks);
      await refuseTaken(draft.name, context);
      const id = `tool-${randomUUID()}`;
      await restTools.create(context, [{ ...draft, id }]);
      return show(id, context);
    }),
    handleRoute(retrieveRestTool, ({ params }, context) => show(params.tool_id, context)),
    handleRoute(modifyRestTool, async ({ params, body }, context) => {
      const record = await restTools.find(context.organizationId, params.tool_id);
      if (record === null) throw notFound('REST tool', params.tool_id);
      await checkDraft(changedDraft(record, body, secretCipher), restChecks);
      if (body.name !== undefined && body.name !== record.tool.name) await refuseTaken(body.name, context);
      if (!(await restTools.change(context, params.tool_id, current => changedDraft(current, body, secretCipher))))
        throw notFound('REST tool', params.tool_id);
      return show(params.tool_id, context);
    }),
  ];
}

import type { Client } from '@temporalio/client';
import { searchAttributeKeys } from '../workflows/search-attributes.js';

export type SearchAttributeState = { readonly kind: 'present' } | { readonly kind: 'missing'; readonly command: string };

/** `INDEXED_VALUE_TYPE_KEYWORD` of Temporal's operator API. */
const keywordType = 2;

/** Sees to it that the namespace knows Perdura's search attributes. When this client may not add them, the operator's command is returned. */
export async function registerSearchAttributes(client: Client, namespace: string): Promise<SearchAttributeState> {
  const operator = client.connection.operatorService;
  const { customAttributes } = await operator.listSearchAttributes({ namespace });
  const missing = searchAttributeKeys.filter(key => customAttributes[key.name] === undefined);
  if (missing.length === 0) return { kind: 'present' };
  try {
    await operator.addSearchAttributes({ namespace, searchAttributes: Object.fromEntries(missing.map(key => [key.name, keywordType])) });
    return { kind: 'present' };
  } catch {
    const flags = missing.map(key => `--name ${key.name} --type Keyword`).join(' ');
    return { kind: 'missing', command: `temporal operator search-attribute create --namespace ${namespace} ${flags}` };
  }
}

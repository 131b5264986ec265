import type { VectorCollection } from '../domain/vectors/vector-store.js';

/** Where the record keeps the points of a collection, with the columns `embedding` and `embedding_dim`. Names are null where it has no such column. */
export interface PointTable {
  readonly table: string;
  readonly id: string;
  readonly organizationId: string;
  /** One of them is set. */
  readonly ownerIds: readonly string[];
  readonly conversationId: string | null;
  readonly role: string | null;
  readonly tags: string | null;
  readonly createdAt: string;
}

/** Also the order in which stores are filled. */
export const pointTables: Readonly<Partial<Record<VectorCollection, PointTable>>> = {
  passages: {
    table: 'passages',
    id: 'id',
    organizationId: 'organization_id',
    ownerIds: ['archive_id', 'source_id'],
    conversationId: null,
    role: null,
    tags: 'tags',
    createdAt: 'created_at',
  },
  messages: {
    table: 'message_embeddings',
    id: 'message_id',
    organizationId: 'organization_id',
    ownerIds: ['agent_id'],
    conversationId: 'conversation_id',
    role: 'role',
    tags: null,
    createdAt: 'created_at',
  },
};

export const vectorCollections = Object.keys(pointTables) as readonly VectorCollection[];

import type { Embedder } from '../domain/model/embedder.js';
import type { ArchivePlace } from './archive-places.js';
import type { ArchivesRepository } from './archives.repository.js';
import type { NewPassage, Passage, PassagesRepository } from './passages.repository.js';

export interface PassageIntakeDeps {
  readonly passages: Pick<PassagesRepository, 'insert'>;
  readonly archives: Pick<ArchivesRepository, 'find'>;
  readonly embedder: Embedder;
}

export interface PassageIntake {
  /** Embeds passages and inserts them. Null when the archive is gone. */
  store(place: ArchivePlace, passages: readonly Omit<NewPassage, 'embedding'>[], signal: AbortSignal): Promise<Passage[] | null>;
}

/** The one way of passages into an archive. */
export function createPassageIntake({ passages, archives, embedder }: PassageIntakeDeps): PassageIntake {
  return {
    async store(place, given, signal) {
      const texts = given.map(({ text }) => text);
      for (let current: ArchivePlace | null = place; current !== null;) {
        const vectors = current.embeddingConfig === null ? null : await embedder.embed(current.embeddingConfig, texts, signal);
        const stored = await passages.insert(
          current,
          given.map((passage, index) => ({ ...passage, embedding: vectors?.[index] ?? null })),
        );
        if (stored !== null) return stored;
        // The archive got another model, or went, while the vectors were made.
        current = await archives.find(place.organizationId, place.archiveId);
      }
      return null;
    },
  };
}

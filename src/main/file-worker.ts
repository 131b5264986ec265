import { join, resolve } from 'node:path';
import type { FileActivityDeps } from '../activities/files/create-file-activities.js';
import type { Settings } from '../config/settings.js';
import type { ModelCatalog } from '../domain/model/model-catalog.js';
import { createDocumentParser } from '../providers/parsers/create-document-parser.js';
import type { PictureReader } from '../providers/parsers/create-document-parser.js';
import { createMistralOcr } from '../providers/parsers/mistral-ocr.js';
import { createPageReader } from '../providers/parsers/page-reader.js';
import type { PageReader, PageReaderOptions } from '../providers/parsers/page-reader.js';
import { createVisionReader } from '../providers/parsers/vision-reader.js';
import { openAiTokenizer } from '../providers/llm/openai/openai-tokenizer.js';
import { parserCommand } from './document-parser.js';

/** V1 counts chunks with the tokenizer of this model. */
const chunkModel = 'gpt-3.5-turbo';

type FileReading = Pick<FileActivityDeps, 'documentParser' | 'parseLimits' | 'chunkTokenizer' | 'fileEmbeddingBatch'>;

/** How files are read. */
export function fileReading(models: ModelCatalog, settings: Settings): FileReading {
  return {
    documentParser: createDocumentParser({
      ...parserOptions(settings),
      pictureMaxBytes: settings.pictureMaxBytes,
      ...pictureReaders(models, settings),
    }),
    parseLimits: { maxCharacters: settings.fileMaxCharacters, timeoutMinutes: settings.fileTimeoutMinutes },
    chunkTokenizer: async () => {
      const count = await openAiTokenizer(chunkModel);
      if (count === null) throw new Error(`${chunkModel} has no tokenizer`);
      return count;
    },
    fileEmbeddingBatch: settings.fileEmbeddingBatch,
  };
}

/** How pages of the web are read. */
export function pageReading(settings: Settings): PageReader {
  return createPageReader(parserOptions(settings));
}

function parserOptions(settings: Settings): PageReaderOptions {
  return {
    temporaryFolder: join(resolve(settings.dataDir), 'parsing'),
    process: {
      command: parserCommand(),
      memoryBytes: settings.parserMemoryMb * 1024 * 1024,
      stallMs: settings.parserStallMs,
    },
  };
}

/** PDFs by OCR where there is a key, as in V1; images by the model that is set for them, else by OCR as well. */
function pictureReaders(
  models: ModelCatalog,
  settings: Settings,
): { readonly images: PictureReader | null; readonly pdfs: PictureReader | null } {
  const { mistralApiKey: apiKey, mistralBaseUrl: baseUrl, llmTimeoutMs: timeoutMs, visionModel } = settings;
  const ocr = apiKey === null ? null : createMistralOcr({ apiKey, baseUrl, timeoutMs });
  return { pdfs: ocr, images: visionModel === null ? ocr : createVisionReader(models, visionModel) };
}

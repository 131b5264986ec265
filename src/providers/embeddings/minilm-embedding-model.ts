import { readFile } from 'node:fs/promises';
import type { InferenceSession } from 'onnxruntime-node';
import type { EmbeddingModel } from '../../domain/model/language-model.js';
import { ModelError } from '../../domain/model/model-error.js';
import { createWordPieceTokenizer } from './word-piece.js';
import type { WordPieceTokenizer } from './word-piece.js';

export interface MiniLmOptions {
  /** Gives the path of the weights (ONNX, int8); may have to fetch them first. */
  readonly modelPath: () => Promise<string>;
  readonly vocabularyPath: string;
}

const dimension = 384;
/** The model was trained on texts of this length; longer ones are cut. */
const maxTokens = 256;

interface Loaded {
  readonly session: InferenceSession;
  readonly tokenizer: WordPieceTokenizer;
  readonly feeds: (ids: readonly number[]) => InferenceSession.FeedsType;
}

/** all-MiniLM-L6-v2 on this machine. Loaded at the first call and kept. */
export function createMiniLmEmbeddingModel(options: MiniLmOptions): EmbeddingModel {
  let loading: Promise<Loaded> | null = null;
  return {
    async embed(texts, signal) {
      loading ??= load(options).catch((error: unknown) => {
        loading = null;
        const message = `The offline embedding model cannot be loaded: ${error instanceof Error ? error.message : String(error)}`;
        throw new ModelError({ kind: 'llm_connection', message, retryable: false });
      });
      const loaded = await loading;
      const vectors: number[][] = [];
      for (const text of texts) {
        signal.throwIfAborted();
        vectors.push(await embedOne(loaded, text));
      }
      return vectors;
    },
  };
}

async function load(options: MiniLmOptions): Promise<Loaded> {
  const [{ InferenceSession, Tensor }, path, vocabulary] = await Promise.all([
    import('onnxruntime-node'),
    options.modelPath(),
    readFile(options.vocabularyPath, 'utf8'),
  ]);
  const session = await InferenceSession.create(path, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  const toTensor = (row: readonly number[]) => new Tensor('int64', BigInt64Array.from(row.map(BigInt)), [1, row.length]);
  return {
    session,
    tokenizer: createWordPieceTokenizer(vocabulary),
    feeds: ids => {
      const known = { input_ids: toTensor(ids), attention_mask: toTensor(ids.map(() => 1)), token_type_ids: toTensor(ids.map(() => 0)) };
      return Object.fromEntries(Object.entries(known).filter(([name]) => session.inputNames.includes(name)));
    },
  };
}

/** The mean of the tokens' vectors, of length 1. */
async function embedOne({ session, tokenizer, feeds }: Loaded, text: string): Promise<number[]> {
  const ids = tokenizer.encode(text, maxTokens);
  const output = await session.run(feeds(ids));
  const name = session.outputNames.includes('sentence_embedding') ? 'sentence_embedding' : (session.outputNames[0] ?? '');
  const tensorOut = output[name];
  if (tensorOut === undefined || !(tensorOut.data instanceof Float32Array)) throw new Error(`The embedding model gave no output ${name}`);
  const { data } = tensorOut;
  const rows = data.length / dimension;
  const mean = Array.from({ length: dimension }, (_, column) => {
    let sum = 0;
    for (let row = 0; row < rows; row += 1) sum += data[row * dimension + column] ?? 0;
    return sum / rows;
  });
  const norm = Math.hypot(...mean) || 1;
  return mean.map(value => value / norm);
}

/** Splits text into the tokens of the uncased BERT vocabulary. */
export interface WordPieceTokenizer {
  /** Token ids with the marks of beginning and end, at most `maxTokens`. */
  encode(text: string, maxTokens: number): number[];
}

const longestWord = 100;

/** `vocabulary`: one token a line, its id is the line's number. */
export function createWordPieceTokenizer(vocabulary: string): WordPieceTokenizer {
  const ids = new Map(vocabulary.split('\n').map((token, index) => [token.trimEnd(), index]));
  const idOf = (token: string): number => {
    const id = ids.get(token);
    if (id === undefined) throw new Error(`The vocabulary has no token ${token}`);
    return id;
  };
  const [start, end, unknown] = [idOf('[CLS]'), idOf('[SEP]'), idOf('[UNK]')];
  return {
    encode(text, maxTokens) {
      const tokens: number[] = [];
      for (const word of words(text)) {
        tokens.push(...(pieces(word, ids) ?? [unknown]));
        if (tokens.length >= maxTokens - 2) break;
      }
      return [start, ...tokens.slice(0, maxTokens - 2), end];
    },
  };
}

/** A mark of punctuation or a CJK character is a word of its own. */
const wordPattern =
  /[\p{P}$+<=>^`|~]|[\u3400-\u9fff\uf900-\ufaff\u{20000}-\u{2fa1f}]|[^\s\p{P}$+<=>^`|~\u3400-\u9fff\uf900-\ufaff\u{20000}-\u{2fa1f}]+/gu;

/** Lower case without accents and control characters. */
function words(text: string): string[] {
  const plain = text
    .replace(/[^\P{C}\t\n\r]/gu, '')
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase();
  return plain.match(wordPattern) ?? [];
}

/** The longest known beginning first, then the rest as continuations. Null when a rest is unknown. */
function pieces(word: string, ids: ReadonlyMap<string, number>): number[] | null {
  const characters = [...word];
  if (characters.length > longestWord) return null;
  const found: number[] = [];
  for (let from = 0; from < characters.length;) {
    let to = characters.length;
    let id: number | undefined;
    for (; to > from; to -= 1) {
      id = ids.get((from === 0 ? '' : '##') + characters.slice(from, to).join(''));
      if (id !== undefined) break;
    }
    if (id === undefined) return null;
    found.push(id);
    from = to;
  }
  return found;
}

import type { Backend } from '../../src/main/backend.js';
import type { LoadedTalk } from './load-talks.js';
import type { Question } from './talk.js';

export interface Recall {
  readonly questions: number;
  /** Share of questions whose first result is evidence. */
  readonly anyAt1: number;
  /** Share of questions with evidence among the first ten. */
  readonly anyAt10: number;
  /** Share of the evidence among the first ten, on average. */
  readonly recallAt10: number;
}

export interface Answer {
  readonly question: Question;
  /** Turns, best first. */
  readonly turns: readonly string[];
  /** Of the first result; 0 without one. */
  readonly topScore: number;
  readonly ms: number;
}

export type Ask = (loaded: LoadedTalk, question: Question) => Promise<{ readonly ids: readonly string[]; readonly topScore: number }>;

const results = 10;

/** By the API, as a client does. */
export function askByApi(url: string, mode: 'hybrid' | 'fts' | 'vector'): Ask {
  return async ({ agentId }, { text, from, to }) => {
    const response = await fetch(`${url}/v1/agents/messages/search`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: text, agent_id: agentId, search_mode: mode, limit: results, start_date: from, end_date: to }),
    });
    if (!response.ok) throw new Error(await response.text());
    const found = (await response.json()) as readonly { readonly message: { readonly id: string }; readonly rrf_score: number }[];
    return { ids: found.map(row => row.message.id), topScore: found[0]?.rrf_score ?? 0 };
  };
}

/** V1 without its cloud store: the whole question as a part of a message, newest first; its dates are ignored. */
export function askAsV1BySubstring({ database }: Backend): Ask {
  return async ({ agentId }, { text }) => {
    const rows = await database.query<{ id: string }>(
      `select id from messages where agent_id = $1 and role in ('user', 'assistant') and strpos(lower(search_text), lower($2)) > 0
        order by created_at desc, id desc limit ${results}`,
      [agentId, text],
    );
    return { ids: rows.map(row => row.id), topScore: 0 };
  };
}

/** V1's search of an archive, on messages: all vectors compared with the question's. */
export function askAsV1ByScan({ database, embedder, embeddingChoice }: Backend): Ask {
  return async ({ agentId }, { text }) => {
    const { signal } = new AbortController();
    const [vector] = await embedder.embed(await embeddingChoice.named('perdura/minilm', signal), [text], signal);
    const rows = await database.query<{ id: string }>(
      `select message_id as id from message_embeddings where agent_id = $1 order by embedding <=> $2::vector limit ${results}`,
      [agentId, JSON.stringify(vector)],
    );
    return { ids: rows.map(row => row.id), topScore: 0 };
  };
}

export async function answersOf(talks: readonly LoadedTalk[], ask: Ask): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const loaded of talks) {
    for (const question of loaded.talk.questions) {
      const start = performance.now();
      const { ids, topScore } = await ask(loaded, question);
      const ms = performance.now() - start;
      answers.push({ question, turns: ids.flatMap(id => loaded.turnOf.get(id) ?? []), topScore, ms });
    }
  }
  return answers;
}

/** Of the questions that have an answer. */
export function recallOf(answers: readonly Answer[]): Recall {
  const answerable = answers.filter(({ question }) => question.evidence.length > 0);
  const mean = (value: (answer: Answer) => number): number =>
    answerable.reduce((sum, answer) => sum + value(answer), 0) / answerable.length;
  const found = ({ question, turns }: Answer): number => question.evidence.filter(id => turns.slice(0, results).includes(id)).length;
  return {
    questions: answerable.length,
    anyAt1: mean(({ question, turns }) => (question.evidence.includes(turns[0] ?? '') ? 1 : 0)),
    anyAt10: mean(answer => (found(answer) > 0 ? 1 : 0)),
    recallAt10: mean(answer => found(answer) / answer.question.evidence.length),
  };
}

/** How often a question that has an answer is scored above one that has none: 0.5 tells nothing, 1 all. */
export function separation(answers: readonly Answer[]): number {
  const without = answers.filter(({ question }) => question.evidence.length === 0);
  const pairs = answers
    .filter(({ question }) => question.evidence.length > 0)
    .flatMap(has => without.map(none => Math.sign(has.topScore - none.topScore)));
  return pairs.reduce((sum, sign) => sum + (sign + 1) / 2, 0) / pairs.length;
}

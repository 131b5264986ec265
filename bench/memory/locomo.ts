import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Question, Talk, Turn } from './talk.js';

const turn = z.object({ dia_id: z.string(), speaker: z.string(), text: z.string() });
const qa = z.object({ question: z.string(), evidence: z.array(z.string()).optional(), category: z.number() });
const file = z.array(z.object({ sample_id: z.string(), qa: z.array(qa), conversation: z.record(z.string(), z.unknown()) }));

/** The public LoCoMo set, from its file locomo10.json. Pictures are left out; questions without evidence in the talk are, too. */
export function readLocomo(path: string): Talk[] {
  return file.parse(JSON.parse(readFileSync(path, 'utf8'))).map(sample => {
    const turns = sessionsOf(sample.conversation);
    const known = new Set(turns.map(({ id }) => id));
    const questions: Question[] = sample.qa.map(({ question, evidence = [], category }) => ({
      text: question,
      // Some entries hold several ids.
      evidence: [...new Set(evidence.flatMap(entry => entry.split(/[;,\s]+/)))].filter(id => known.has(id)),
      kind: `category ${category}`,
    }));
    return { id: sample.sample_id, turns, questions: questions.filter(({ evidence }) => evidence.length > 0) };
  });
}

function sessionsOf(conversation: Readonly<Record<string, unknown>>): Turn[] {
  const turns: Turn[] = [];
  for (let number = 1; conversation[`session_${number}_date_time`] !== undefined; number += 1) {
    const start = timeOf(z.string().parse(conversation[`session_${number}_date_time`]));
    const said = z.array(turn).parse(conversation[`session_${number}`] ?? []);
    turns.push(
      ...said.map(({ dia_id: id, speaker, text }, index) => ({ id, speaker, text, at: new Date(start + index * 60_000).toISOString() })),
    );
  }
  return turns;
}

/** "1:56 pm on 8 May, 2023" */
function timeOf(text: string): number {
  const parts = /^(\d+):(\d+) (am|pm) on (\d+ \w+), (\d+)$/.exec(text);
  const day = Date.parse(`${parts?.[4] ?? ''} ${parts?.[5] ?? ''} UTC`);
  if (parts === null || Number.isNaN(day)) throw new Error(`No time of a session: ${text}`);
  const hours = (Number(parts[1]) % 12) + (parts[3] === 'pm' ? 12 : 0);
  return day + (hours * 60 + Number(parts[2])) * 60_000;
}

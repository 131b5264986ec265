import { smallTalk, topics } from './topics.js';
import type { Topic } from './topics.js';
import type { Question, Talk, Turn } from './talk.js';

const people: readonly (readonly [string, string])[] = [
  ['Ottilie', 'Rasmus'],
  ['Philippa', 'Tobias'],
  ['Yasmina', 'Corwin'],
  ['Henrietta', 'Lorcan'],
  ['Beatrix', 'Mateus'],
  ['Saskia', 'Alaric'],
];

const sessionsOfTalk = 8;
const firstDay = Date.UTC(2024, 0, 9, 18);
const daysBetweenSessions = 17;
/** Topics whose fact changes in a later session, and those that are taken back as a mistake. */
const updated = new Set(['home', 'job', 'car', 'race', 'dish', 'language']);
const corrected = new Set(['trip', 'concert', 'book']);

interface Fact {
  readonly topic: Topic;
  readonly speaker: string;
  readonly listener: string;
  readonly value: string;
  readonly session: number;
  /** What it puts out of date, or in the right. */
  readonly earlier: Fact | null;
}

/** The set of a seed: always the same. Talks of two made-up people each, with what they said of themselves and questions about it. */
export function makeTalks(seed: number): Talk[] {
  return people.map((pair, index) => makeTalk(`talk-${index + 1}`, pair, random(seed + index), index));
}

function makeTalk(id: string, pair: readonly [string, string], next: () => number, number: number): Talk {
  const facts = pair.flatMap((speaker, side) => factsOf(speaker, pair[1 - side] ?? '', 2 * number + side, next));
  const turns: Turn[] = [];
  const places = new Map<Fact, Turn>();
  for (let session = 0; session < sessionsOfTalk; session += 1) {
    const speak = speaker(id, session, turns);
    const own = shuffled(
      facts.filter(fact => fact.session === session),
      next,
    );
    speak(pair[0], 'Hello again!');
    speak(pair[1], pick(smallTalk, next));
    for (const fact of own) {
      places.set(fact, tell(fact, speak, next));
      if (next() < 0.7) speak(pick(pair, next), pick(smallTalk, next));
      if (next() < 0.35) distract(speak, pick(pair, next), next);
    }
  }
  return { id, turns, questions: facts.flatMap(fact => questionsOf(fact, facts, places)).concat(unanswerable(pair, facts)) };
}

/** One of each topic but two, of which nothing is ever said; and what changes them later. */
function factsOf(speaker: string, listener: string, person: number, next: () => number): Fact[] {
  const left = (person * 5) % topics.length;
  const told = topics.filter((_, index) => index !== left && index !== (left + 7) % topics.length);
  return told.flatMap(topic => {
    const value = (shift: number): string => valuesOf(topic)[(person + shift) % valuesOf(topic).length] ?? '';
    const session = Math.floor(next() * (sessionsOfTalk - 3));
    const first: Fact = { topic, speaker, listener, value: value(0), session, earlier: null };
    const isChanged = updated.has(topic.name) || corrected.has(topic.name);
    return isChanged ? [first, { ...first, value: value(1), session: session + 1 + Math.floor(next() * 3), earlier: first }] : [first];
  });
}

type Speak = (speaker: string, text: string) => Turn;

function speaker(talkId: string, session: number, turns: Turn[]): Speak {
  let minute = 0;
  return (name, text) => {
    minute += 1;
    const at = new Date(firstDay + (session * daysBetweenSessions * 24 * 60 + minute) * 60_000).toISOString();
    const turn = { id: `${talkId}:${session + 1}:${minute}`, speaker: name, text, at };
    turns.push(turn);
    return turn;
  };
}

/** By itself, or as the answer to a question; the turn that holds the fact. */
function tell({ topic, speaker: name, listener, value, earlier }: Fact, speak: Speak, next: () => number): Turn {
  const isAsked = next() < 0.5;
  if (isAsked) speak(listener, topic.asked);
  const text = filled(isAsked ? topic.short : topic.say, value);
  const turn = speak(name, earlier === null ? text : `${opening(topic, earlier.value)} ${text}`);
  speak(listener, pick(smallTalk, next));
  return turn;
}

function opening(topic: Topic, before: string): string {
  return corrected.has(topic.name) ? `I mixed things up, forget what I said about ${before}.` : `It is not ${before} any more.`;
}

function distract(speak: Speak, name: string, next: () => number): void {
  const topic = pick(topics, next);
  speak(name, filled(topic.other, pick(valuesOf(topic), next)));
}

function questionsOf(fact: Fact, facts: readonly Fact[], places: ReadonlyMap<Fact, Turn>): Question[] {
  const place = places.get(fact);
  if (place === undefined) throw new Error(`${fact.speaker} never said ${fact.value}`);
  const text = asking(fact);
  const later = facts.find(other => other.earlier === fact);
  if (later !== undefined) {
    const [from, to] = [dayOf(place, -1), dayOf(place, 1)];
    return [{ text: `${text} That was said in ${monthOf(place)}.`, evidence: [place.id], kind: 'date', from, to }];
  }
  const before = fact.earlier === null ? undefined : places.get(fact.earlier);
  if (before === undefined) return [{ text, evidence: [place.id], kind: 'fact' }];
  const isCorrected = corrected.has(fact.topic.name);
  return [{ text, evidence: [place.id, before.id], kind: isCorrected ? 'contradiction' : 'update' }];
}

function unanswerable(pair: readonly string[], facts: readonly Fact[]): Question[] {
  return pair.flatMap(name =>
    topics
      .filter(topic => !facts.some(fact => fact.topic === topic && fact.speaker === name))
      .map(topic => ({ text: topic.ask.replace('{p}', name), evidence: [], kind: 'abstention' })),
  );
}

/** In one way for one half of the sessions, in the other for the rest. */
function asking({ topic, speaker: name, session }: Fact): string {
  return (session % 2 === 0 ? topic.ask : topic.askNear).replace('{p}', name);
}

function valuesOf({ values }: Topic): string[] {
  return values.split(', ');
}

function filled(text: string, value: string): string {
  return text.replace('{v}', value);
}

function dayOf({ at }: Turn, days: number): string {
  return new Date(Date.parse(at) + days * 86_400_000).toISOString();
}

function monthOf({ at }: Turn): string {
  return new Date(at).toLocaleString('en', { month: 'long', timeZone: 'UTC' });
}

function pick<Item>(items: readonly Item[], next: () => number): Item {
  const item = items[Math.floor(next() * items.length)];
  if (item === undefined) throw new Error('there is nothing to pick from');
  return item;
}

function shuffled<Item>(items: readonly Item[], next: () => number): Item[] {
  return items
    .map(item => ({ item, at: next() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

/** Numbers from 0 to 1 by a linear congruential generator, the same everywhere. */
function random(seed: number): () => number {
  let state = (seed * 2_654_435_761) % 4_294_967_296;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

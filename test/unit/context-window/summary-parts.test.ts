import assert from 'node:assert/strict';
import { carefulTokens } from '../../../src/domain/context-window/estimate-request.js';
import { nextSummaryWork, transcriptParts } from '../../../src/domain/context-window/summary-parts.js';
import { randomContext, returned, said } from '../../support/context-messages.js';

/** Asks until there is a summary; the texts that were asked for. */
function summarizeAll(
  parts: readonly string[],
  tokensPerCall: number,
  answer: (text: string) => string,
): { asked: string[]; summary: string } {
  const answers = new Map<string, string>();
  for (;;) {
    const work = nextSummaryWork(parts, tokensPerCall, text => answers.get(text));
    if (work.kind === 'done') return { asked: [...answers.keys()], summary: work.summary };
    assert.ok(work.kind === 'ask');
    assert.ok(!answers.has(work.text), 'nothing is asked twice');
    assert.ok(answers.size < 500, 'it ends');
    answers.set(work.text, answer(work.text));
  }
}

describe('transcriptParts', () => {
  it('is one text where that fits, with long returns in full', () => {
    const messages = [said('u', 'user', 'hi'), returned('t', 'c', 1, 'x'.repeat(9000))];
    const [only, ...more] = transcriptParts(messages, { tokensPerCall: 10_000, mostParts: 8 });
    assert.deepEqual(more, []);
    assert.ok(only?.startsWith('[user] hi\n[tool] look: xxx') && only.length > 9000);
  });

  it('trims the returns of tools before it divides', () => {
    const messages = [said('u', 'user', 'hi'), returned('t', 'c', 1, 'x'.repeat(90_000)), said('v', 'user', 'bye')];
    const parts = transcriptParts(messages, { tokensPerCall: 3000, mostParts: 8 });
    assert.equal(parts.length, 1);
    assert.match(parts[0] ?? '', /characters left out/);
    assert.ok(parts[0]?.endsWith('[user] bye'));
  });

  it('loses nothing that was said where the parts suffice', () => {
    const messages = Array.from({ length: 300 }, (_, n) => said(`u${n}`, 'user', `fact ${n} is ${'so '.repeat(30)}`));
    const text = transcriptParts(messages, { tokensPerCall: 1000, mostParts: 32 }).join('\n');
    for (let n = 0; n < 300; n += 1) assert.ok(text.includes(`fact ${n} is`), String(n));
  });

  it('fits each part and keeps to their number, whatever the conversation', () => {
    for (let seed = 1; seed <= 300; seed += 1) {
      const tokensPerCall = 400 + (seed % 17) * 150;
      const mostParts = 1 + (seed % 9);
      const parts = transcriptParts(randomContext(seed, 5000).slice(1), { tokensPerCall, mostParts });
      assert.ok(parts.length >= 1 && parts.length <= mostParts, `${seed}: ${parts.length} of ${mostParts}`);
      for (const part of parts) {
        // The note of what was left out comes on top.
        assert.ok(carefulTokens(part) <= tokensPerCall + 40, `${seed}: ${carefulTokens(part)} of ${tokensPerCall}`);
        assert.doesNotThrow(() => encodeURIComponent(part), `${seed}: no half of a pair`);
      }
    }
  });
});

describe('nextSummaryWork', () => {
  it('asks once for what is one part', () => {
    const { asked, summary } = summarizeAll(['text'], 1000, () => 'short');
    assert.deepEqual([asked, summary], [['text'], 'short']);
  });

  it('summarizes the summaries of the parts, in their order', () => {
    const { asked, summary } = summarizeAll(['one', 'two', 'three'], 1000, text => `<${text.split('\n').at(-1)}>`);
    assert.deepEqual(asked.slice(0, 3), ['(Part 1 of 3.)\none', '(Part 2 of 3.)\ntwo', '(Part 3 of 3.)\nthree']);
    assert.equal(asked[3], '[summary of part 1] <one>\n[summary of part 2] <two>\n[summary of part 3] <three>');
    assert.equal(asked.length, 4);
    assert.equal(summary, '<[summary of part 3] <three>>');
  });

  it('makes no summary without a part of which a model said nothing, also when that answer is already known', () => {
    const parts = ['one', 'two', 'three'];
    const answers = new Map([
      ['(Part 1 of 3.)\none', 'first'],
      ['(Part 2 of 3.)\ntwo', ''],
    ]);
    assert.deepEqual(
      nextSummaryWork(parts, 1000, text => answers.get(text)),
      { kind: 'nothing' },
    );
    assert.deepEqual(
      nextSummaryWork([], 1000, () => 'x'),
      { kind: 'nothing' },
    );
  });

  it('ends for every size of window and every length of answers, and never asks for more than fits', () => {
    for (let seed = 1; seed <= 100; seed += 1) {
      const tokensPerCall = 400 + (seed % 11) * 100;
      const parts = transcriptParts(randomContext(seed, 5000).slice(1), { tokensPerCall, mostParts: 32 });
      const long = (seed % 2 === 0 ? 'fact ' : '漢字🙂').repeat(50 + seed * 5);
      const { asked } = summarizeAll(parts, tokensPerCall, text => `${text.length} ${long}`);
      for (const text of asked) assert.ok(carefulTokens(text) <= tokensPerCall + 40, `${seed}: ${carefulTokens(text)} of ${tokensPerCall}`);
    }
  });
});

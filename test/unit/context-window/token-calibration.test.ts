import assert from 'node:assert/strict';
import { clipSummary } from '../../../src/domain/context-window/clip-summary.js';
import { carefulTokens } from '../../../src/domain/context-window/estimate-request.js';
import { extractMessages, extractNote } from '../../../src/domain/context-window/extract-messages.js';
import { afterAnswer, afterRefusal, gaugeOf, measured } from '../../../src/domain/context-window/token-calibration.js';
import { packSummary } from '../../../src/domain/messages/packed-summary.js';
import { randomContext, said } from '../../support/context-messages.js';

const model = { handle: 'p/m', contextWindow: 8000, maxTokens: null };

describe('gaugeOf', () => {
  it('goes by what the provider has counted for this model', () => {
    const calibration = afterAnswer(1000, 1500);
    assert.ok(calibration);
    const gauge = gaugeOf(model, { 'p/m': calibration, 'p/other': { estimatedTokens: 1, countedTokens: 9 } });
    assert.equal(measured(gauge, 2000), 3000);
    assert.equal(measured(gaugeOf(model, {}), 1300), 1000);
  });

  it('leaves room for the answer, but never more than half of the window', () => {
    assert.equal(gaugeOf(model, {}).promptLimit, 7600);
    assert.equal(gaugeOf({ ...model, maxTokens: 1000 }, {}).promptLimit, 7000);
    assert.equal(gaugeOf({ ...model, maxTokens: 7900 }, {}).promptLimit, 4000);
  });

  it('does not believe counts that are none', () => {
    assert.equal(afterAnswer(1000, 0), null);
    assert.equal(afterAnswer(1000, 3)?.countedTokens, 250);
    assert.equal(afterAnswer(1000, 90_000)?.countedTokens, 4000);
  });

  it('knows after a refusal that the prompt was longer than the window', () => {
    const before = gaugeOf(model, {});
    const after = gaugeOf(model, { 'p/m': afterRefusal(before, 4000, 1) });
    assert.equal(measured(after, 4000), 8000);
    const again = gaugeOf(model, { 'p/m': afterRefusal(after, 4000, 2) });
    assert.equal(measured(again, 4000), 16_000);
  });
});

describe('clipSummary', () => {
  it("cuts behind the characters or the tokens that there are, with V1's note", () => {
    assert.equal(clipSummary('They counted up', 12, 1000), 'They counted... [summary truncated to fit]');
    assert.equal(clipSummary('short', null, 1000), 'short');
    const cut = clipSummary('漢字🙂'.repeat(500), null, 300);
    assert.doesNotThrow(() => encodeURIComponent(cut), 'no half of a pair');
    assert.ok(carefulTokens(cut) < 340);
  });
});

describe('extractMessages', () => {
  it('says that no model wrote it, and has the beginnings of what was said', () => {
    const text = extractMessages([said('a', 'user', 'The code is heron-42.'), said('b', 'user', 'x'.repeat(5000))], 600);
    assert.ok(text.startsWith(extractNote));
    assert.match(text, /\[user\] The code is heron-42\./);
    assert.ok(text.length <= 600);
  });

  it('carries an earlier extract on without its note', () => {
    const earlier = extractMessages([said('a', 'user', 'The code is heron-42.')], 600);
    const packed = packSummary({ summary: earlier, stats: null }, 3, { at: new Date(), timezone: null });
    const text = extractMessages([said('s', 'summary', packed), said('b', 'user', 'More.')], 600);
    assert.match(text, /heron-42/);
    assert.equal(text.split(extractNote).length, 2);
  });

  it('keeps to its length, whatever the conversation', () => {
    for (let seed = 1; seed <= 500; seed += 1) {
      const most = 300 + seed * 7;
      const text = extractMessages(randomContext(seed, 900).slice(1), most);
      assert.ok(text.length <= most + 60, `${seed}: ${text.length} of ${most}`);
      assert.doesNotThrow(() => encodeURIComponent(text), `${seed}: no half of a pair`);
    }
  });
});

import assert from 'node:assert/strict';
import { countCharacters } from '../../../src/domain/memory/count-characters.js';
import { defaultBlockDescription } from '../../../src/domain/memory/default-description.js';
import { expandTabs } from '../../../src/domain/memory/expand-tabs.js';
import { displayArtefactIn, lineNumberWarning, numberLines } from '../../../src/domain/memory/line-numbers.js';

describe('expandTabs', () => {
  it('fills up to the next column of eight, starting anew on each line', () => {
    assert.equal(expandTabs('\tx'), '        x');
    assert.equal(expandTabs('ab\tx\n1234567\ty\n12345678\tz'), 'ab      x\n1234567 y\n12345678        z');
    assert.equal(expandTabs('a\r\tb'), 'a\r        b');
  });

  it('counts a character outside of the basic plane as one column', () => {
    assert.equal(expandTabs('👍\tx'), '👍       x');
  });
});

describe('countCharacters', () => {
  it('counts surrogate pairs once and broken ones as they are', () => {
    assert.equal(countCharacters(''), 0);
    assert.equal(countCharacters('aé👍'), 3);
    assert.equal(countCharacters('\ud83d'), 1);
    assert.equal(countCharacters('\ud83dx'), 2);
  });
});

describe('numberLines', () => {
  it('numbers from one and closes each line', () => {
    assert.equal(numberLines('a\n\nb'), '1→ a\n2→ \n3→ b\n');
    assert.equal(numberLines(''), '');
  });

  it('makes text that the guards recognise', () => {
    assert.equal(displayArtefactIn(numberLines('a')), 'line number prefix');
    assert.equal(displayArtefactIn(`x ${lineNumberWarning}`), 'line number warning');
    assert.equal(displayArtefactIn('plain 1→ inside of a line'), null);
  });
});

describe('defaultBlockDescription', () => {
  it('describes persona and human, also below system/, and nothing else', () => {
    assert.match(defaultBlockDescription('persona') ?? '', /you are/);
    assert.equal(defaultBlockDescription('system/human'), defaultBlockDescription('human'));
    assert.equal(defaultBlockDescription('notes'), null);
    assert.equal(defaultBlockDescription('constructor'), null);
  });
});

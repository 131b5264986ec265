import assert from 'node:assert/strict';
import { feedMember, readMember } from '../../../src/domain/messages/partial-json-string.js';

function read(member: string, pieces: readonly string[]): { text: string; rest: string; wasFound: boolean; texts: string[] } {
  let reader = readMember(member);
  const texts: string[] = [];
  let rest = '';
  for (const piece of pieces) {
    const fed = feedMember(reader, piece);
    reader = fed.reader;
    texts.push(fed.text);
    rest += fed.rest;
  }
  return { text: texts.join(''), rest, wasFound: reader.wasFound, texts };
}

const message = (json: string): { text: string; rest: string; wasFound: boolean } => {
  const whole = read('message', [json]);
  const split = read('message', json.split(''));
  assert.deepEqual(
    [split.text, split.rest, split.wasFound],
    [whole.text, whole.rest, whole.wasFound],
    'split anywhere, the result is the same',
  );
  return { text: whole.text, rest: whole.rest, wasFound: whole.wasFound };
};

describe('feedMember', () => {
  it('gives out the text as it arrives', () => {
    assert.deepEqual(read('message', ['{"mess', 'age": "Hel', 'lo', ' world"', '}']).texts, ['', 'Hel', 'lo', ' world', '']);
  });

  it('decodes every kind of escape', () => {
    const text = 'quote " slash / back \\ \b\f\n\r\t é 👍 \u2028';
    const escaped = JSON.stringify({ message: text }).replace('é', '\\u00e9').replace('👍', '\\ud83d\\udc4d').replace('/', '\\/');
    assert.equal(message(escaped).text, text);
  });

  it('holds half of a surrogate pair until the other half arrives', () => {
    assert.deepEqual(read('message', ['{"message":"a\\ud83d', '\\udc4db"}']).texts, ['a', '👍b']);
    assert.deepEqual(read('message', ['{"message":"\ud83d', '\udc4d"}']).texts, ['', '👍']);
  });

  it('replaces a half whose other half never arrives', () => {
    assert.equal(message('{"message":"a\\ud83db"}').text, 'a\ufffdb');
    assert.equal(message('{"message":"a\\udc4db"}').text, 'a\ufffdb');
    assert.equal(message('{"message":"a\\ud83d"}').text, 'a\ufffd');
    assert.equal(message('{"message":"\\ud83d\\ud83d\\udc4d"}').text, '\ufffd👍');
  });

  it('leaves the other members as a JSON object of their own, wherever the wanted one stands', () => {
    const others = { a: 'x, "y" }', b: { message: 'inner' }, c: [1, { d: null }], e: -1.5e3, f: true };
    for (const object of [
      { message: 'hi', ...others },
      { a: others.a, message: 'hi', b: others.b, c: others.c, e: others.e, f: others.f },
      { ...others, message: 'hi' },
    ]) {
      for (const space of [undefined, 2]) {
        const { text, rest } = message(JSON.stringify(object, null, space));
        assert.equal(text, 'hi');
        assert.deepEqual(JSON.parse(rest), others);
      }
    }
  });

  it('gives the rest in the form of JSON.stringify when it came in that form', () => {
    assert.equal(message('{"thinking":"x","message":"hi","request_heartbeat":false}').rest, '{"thinking":"x","request_heartbeat":false}');
    assert.equal(message('{"message": "hi"}').rest, '{}');
  });

  it('ignores a member of that name inside of other values', () => {
    assert.deepEqual(message('{"a":{"message":"x"},"b":"\\"message\\":\\"y\\""}').wasFound, false);
  });

  it('takes the first of two members of the name', () => {
    assert.deepEqual(message('{"message":"one","message":"two"}'), { text: 'one', rest: '{"message":"two"}', wasFound: true });
  });

  it('gives out a value that is no string as JSON text', () => {
    assert.equal(message('{"message": {"a": [1, "}"]}, "b": 1}').text, '{"a": [1, "}"]}');
    assert.equal(message('{"message":12,"b":1}').text, '12');
  });

  it('finds nothing in an empty object and passes on what is no object', () => {
    assert.deepEqual(message('{}'), { text: '', rest: '{}', wasFound: false });
    assert.deepEqual(message('"text"'), { text: '', rest: '"text"', wasFound: false });
    assert.deepEqual(message(''), { text: '', rest: '', wasFound: false });
  });

  it('passes on what follows the object', () => {
    assert.deepEqual(message('{"message":"a"}{"message":"b"}'), { text: 'a', rest: '{}{"message":"b"}', wasFound: true });
  });

  it('gives what there is of a string that is cut off', () => {
    assert.deepEqual(message('{"a":1,"message":"so fa'), { text: 'so fa', rest: '{"a":1', wasFound: true });
  });

  it('does not change the reader that it was given', () => {
    const reader = readMember('message');
    feedMember(reader, '{"message":"a"}');
    assert.deepEqual(reader, readMember('message'));
  });
});

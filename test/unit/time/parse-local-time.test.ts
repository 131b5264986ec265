import assert from 'node:assert/strict';
import { formatLocalIso, formatLocalTime } from '../../../src/domain/time/format-local-time.js';
import { parseLocalTime } from '../../../src/domain/time/parse-local-time.js';

const iso = (text: string, zone: string | null, edge: 'start' | 'end' = 'start') => parseLocalTime(text, zone, edge)?.toISOString() ?? null;

describe('times as a model writes them', () => {
  it('mean the zone of the agent unless they have an offset', () => {
    assert.equal(iso('2025-01-31T09:05:00', 'America/Los_Angeles'), '2025-01-31T17:05:00.000Z');
    assert.equal(iso('2025-01-31 09:05', 'Europe/Berlin'), '2025-01-31T08:05:00.000Z');
    assert.equal(iso('2025-01-31T09:05:00+05:30', 'America/Los_Angeles'), '2025-01-31T03:35:00.000Z');
    assert.equal(iso('2025-01-31T09:05:00Z', 'Asia/Tokyo'), '2025-01-31T09:05:00.000Z');
    assert.equal(iso('2025-01-31T09:05:00', 'Mars/Olympus'), '2025-01-31T09:05:00.000Z');
  });

  it('mean the beginning or the end of a day that has no clock', () => {
    assert.equal(iso('2025-01-31', 'Europe/Berlin'), '2025-01-30T23:00:00.000Z');
    assert.equal(iso('2025-01-31', 'Europe/Berlin', 'end'), '2025-01-31T22:59:59.999Z');
  });

  it('hold on the days when the clocks change', () => {
    assert.equal(iso('2025-03-30T01:30:00', 'Europe/Berlin'), '2025-03-30T00:30:00.000Z');
    assert.equal(iso('2025-03-30T03:30:00', 'Europe/Berlin'), '2025-03-30T01:30:00.000Z');
    assert.equal(iso('2025-10-26T12:00:00', 'Europe/Berlin'), '2025-10-26T11:00:00.000Z');
  });

  it('are nothing when they are no dates', () => {
    for (const text of ['', 'yesterday', '2025-13-01', '2025-02-30', '2025-04-31T10:00Z', '2025-01-31T25:00', '31.01.2025', '12'])
      assert.equal(iso(text, null), null, text);
  });

  it('are shown again as they were meant', () => {
    for (const zone of ['America/Los_Angeles', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'UTC']) {
      for (const moment of ['2025-01-31T17:05:00.120Z', '2025-07-01T00:00:00.000Z', '1969-07-20T20:17:40.000Z']) {
        assert.equal(new Date(formatLocalIso(new Date(moment), zone)).toISOString(), moment, zone);
      }
    }
    assert.equal(formatLocalTime(new Date('2025-01-31T00:00:00Z'), 'UTC'), '2025-01-31 12:00:00 AM UTC+0000');
  });
});

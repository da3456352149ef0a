import { describe, expect, it } from '@jest/globals';
import type { KeySetFacts } from '../../../src/control/conditions.ts';
import { createKeySetStatements } from '../../../src/control/key-set-statements.ts';

const pending: KeySetFacts = { state: 'pending', keys: 0 };
const ready: KeySetFacts = { state: 'ready', keys: 1, loadedAtMs: 0, fetchedAtMs: 0 };

function setUp() {
  const statements = createKeySetStatements();
  const hosts: Record<string, string> = { a: 'a.example' };
  const update = (keySets: Record<string, KeySetFacts>): string[] => [
    ...statements.update(keySets, (id) => hosts[id]),
  ];
  const text = (id: string) => statements.current().get(id)?.text;
  return { hosts, update, text };
}

describe('statements on key sets', () => {
  it('change with what is known of a set, and not otherwise', () => {
    const { update, text } = setUp();
    expect(update({ a: pending, b: ready })).toEqual(['a', 'b']);
    expect(update({ a: pending, b: ready })).toEqual([]);
    expect(update({ a: { ...pending }, b: { ...ready, fetchedAtMs: 5 } })).toEqual([]);
    expect(update({ a: ready, b: ready })).toEqual(['a']);
    expect(text('a')).toBe('a.example: 1 key, loaded 1970-01-01T00:00:00Z');
    expect(update({ a: { ...ready, state: 'failed', keys: 0, lastError: 'x' } })).toEqual([
      'a',
      'b',
    ]);
    expect(text('b')).toBeUndefined();
  });

  it('name the host as soon as it is known, and go on when it no longer is', () => {
    const { hosts, update, text } = setUp();
    update({ b: pending });
    expect(text('b')).toBe('b: no keys yet');
    hosts['b'] = 'b.example';
    expect(update({ b: pending })).toEqual(['b']);
    expect(text('b')).toBe('b.example: no keys yet');
    delete hosts['b'];
    expect(update({ b: pending })).toEqual([]);
  });
});

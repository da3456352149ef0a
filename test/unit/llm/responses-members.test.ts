import { expect, it } from '@jest/globals';
import {
  plainEventMembers,
  plainItemMembers,
  plainItems,
  plainMembers,
  plainParts,
} from '../../../src/llm/responses-members.ts';

it.each([
  'response.reasoning_text.delta',
  'response.reasoning_summary_part.added',
  'x',
  'toString',
])('%s is not sent', (type) => {
  expect(plainEventMembers(type)).toBeUndefined();
});

it('has the members of a piece of text', () => {
  expect([...(plainEventMembers('response.output_text.delta') ?? [])]).toEqual([
    'type',
    'sequence_number',
    'output_index',
    'item_id',
    'content_index',
    'delta',
  ]);
});

it('has nothing of reasoning', () => {
  const all = [plainItems, plainParts, plainItemMembers, plainMembers].flatMap((names) => [
    ...names,
  ]);
  expect(all.filter((name) => /reason|summary|think|encrypted/.test(name))).toEqual([]);
  expect(all).toContain('output');
});

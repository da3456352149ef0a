import { expect, test } from '@jest/globals';

import { createPublished } from '../../../src/dataplane/published.ts';
import { emptyTable, program } from '../../support/gateway.ts';

test('a swap puts the next program in force and retires the former, once', () => {
  const retired: string[] = [];
  const named = (name: string) => ({
    ...program({ ...emptyTable, version: name }),
    retire: () => void retired.push(name),
  });
  const [first, second] = [named('first'), named('second')];
  const published = createPublished(first);
  expect(published.current()).toBe(first);
  published.swap(second);
  published.swap(second);
  expect(published.current()).toBe(second);
  expect(retired).toEqual(['first']);
});

import { expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';

import { createModelMeter } from '../../src/dataplane/model-meter.ts';
import { modelFields } from '../../src/dataplane/model-fields.ts';
import { ended } from '../support/model-end.ts';

const page = readFileSync('docs/reference/telemetry.md', 'utf8');

it('the page of telemetry has every metric', () => {
  const names = createModelMeter().families.map(({ name }) => name);
  expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});

it('and every field of the access log', () => {
  const claim = { name: 'team', value: 'red', maxValues: 1 };
  const fields = Object.keys(modelFields(ended({ claim, errorType: '500' })));
  expect(fields.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});

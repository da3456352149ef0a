import { expect, test } from '@jest/globals';
import { ExportResultCode, type ExportResult } from '@opentelemetry/core';

import { tellFailures } from '../../../src/telemetry/told-export.ts';

test.each<[result: ExportResult, told: readonly string[]]>([
  [{ code: ExportResultCode.SUCCESS }, []],
  [{ code: ExportResultCode.FAILED, error: new Error('refused') }, ['refused']],
  [{ code: ExportResultCode.FAILED }, ['']],
])('%j', (result, told) => {
  const seen: unknown[] = [];
  const failures: string[] = [];
  const exporter = {
    export(this: object, items: number, done: (result: ExportResult) => void): void {
      seen.push(this === exporter, items);
      done(result);
    },
  };
  tellFailures(exporter, (error) => void failures.push(error));
  exporter.export(7, (given) => void seen.push(given));
  expect(seen).toEqual([true, 7, result]);
  expect(failures).toEqual(told);
});

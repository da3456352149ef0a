import { ExportResultCode, type ExportResult } from '@opentelemetry/core';

/** What exporters of all signals have in common. */
interface Exporter<T> {
  export: (items: T, done: (result: ExportResult) => void) => void;
}

/** Has somebody hear of exports that fail: the SDK keeps that to itself. */
export function tellFailures<T>(exporter: Exporter<T>, failed: (error: string) => void): void {
  const send = exporter.export.bind(exporter);
  exporter.export = (items, done) => {
    send(items, (result) => {
      if (result.code !== ExportResultCode.SUCCESS) failed(result.error?.message ?? '');
      done(result);
    });
  };
}

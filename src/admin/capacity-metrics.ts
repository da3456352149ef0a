import type { Metric } from 'prom-client';
import type { AdminFacts } from './admin-facts.ts';
import { counter, gauge } from './metric.ts';

/** Metrics of what accounts and model servers have to do. */
export function capacityMetrics({ capacity }: AdminFacts): readonly Metric[] {
  return [...accountMetrics(capacity), serverMetric(capacity)];
}

function accountMetrics(capacity: AdminFacts['capacity']): readonly Metric[] {
  return [
    gauge(
      'account_requests',
      'Requests of a model account with a limit: active, or waiting for a slot.',
      ['account', 'state'],
      (set) => {
        for (const { name, active, waiting } of capacity().accounts) {
          set([name, 'active'], active);
          set([name, 'waiting'], waiting);
        }
      },
    ),
    gauge(
      'account_limit',
      'Requests that a model account may have under way.',
      ['account'],
      (set) => {
        for (const { name, limit } of capacity().accounts) set([name], limit);
      },
    ),
    counter(
      'account_refused_total',
      'Requests that got no slot: the line was full, or they waited too long (late).',
      ['account', 'reason'],
      () =>
        capacity().accounts.flatMap(({ name, refused }) =>
          Object.entries(refused).map(([reason, value]) => ({ labels: [name, reason], value })),
        ),
    ),
  ];
}

function serverMetric(capacity: AdminFacts['capacity']): Metric {
  return gauge(
    'model_server_requests',
    'Requests that a model server has by its own metrics: running, or waiting.',
    ['upstream', 'endpoint', 'state'],
    (set) => {
      for (const { upstream, endpoint, running, waiting } of capacity().servers) {
        set([upstream, endpoint, 'running'], running);
        set([upstream, endpoint, 'waiting'], waiting);
      }
    },
  );
}

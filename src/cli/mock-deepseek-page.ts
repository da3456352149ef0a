import { mockDialectFacts, type MockDialect } from './mock-deepseek-dialect.ts';
import { mockError, refusalBody } from './mock-deepseek-error.ts';
import { mockMetrics, type MockLoad } from './mock-deepseek-metrics.ts';
import { listedModels, type MockNames } from './mock-deepseek-model-name.ts';

/** What pages that generate nothing show. */
export interface MockPageContext {
  readonly names: MockNames;
  readonly load: () => MockLoad;
  readonly healthy: () => boolean;
  readonly slots: () => number;
  readonly balance: () => number;
}

/** A page: JSON, or text. */
export interface MockPage {
  readonly status: number;
  readonly body: object | string;
}

type Page = (context: MockPageContext, query: URLSearchParams) => MockPage;

const ok = (body: object | string): MockPage => ({ status: 200, body });
const health: Page = ({ healthy }) => ({ status: healthy() ? 200 : 503, body: '' });
const metrics: Page = ({ names, load }) =>
  ok(mockMetrics(names.dialect, listedModels(names)[0] ?? '', load()) ?? '');

const models: Page = ({ names }) =>
  ok({
    object: 'list',
    data: listedModels(names).map((id) => ({
      id,
      object: 'model',
      ...(names.dialect === 'deepseek' ? {} : { created: 1_790_000_000 }),
      owned_by: mockDialectFacts[names.dialect].ownedBy,
      ...(names.dialect === 'vllm' ? { root: id, parent: null, max_model_len: 131_072 } : {}),
    })),
  });

const balance: Page = (context) => {
  const left = context.balance().toFixed(2);
  return ok({
    is_available: context.balance() > 0,
    balance_infos: [
      { currency: 'USD', total_balance: left, granted_balance: '0.00', topped_up_balance: left },
    ],
  });
};

const llamaHealth: Page = ({ healthy }) => {
  if (healthy()) return ok({ status: 'ok' });
  const error = mockError(503, 'Loading model');
  return { status: 503, body: refusalBody(error, 'llama.cpp') };
};

const llamaSlots: Page = ({ slots, load }, query) => {
  const { running } = load();
  const total = Math.min(slots(), 64);
  if (query.has('fail_on_no_slot') && running >= slots()) {
    const error = mockError(503, 'no slot available');
    return { status: 503, body: refusalBody(error, 'llama.cpp') };
  }
  const list = Array.from({ length: total }, (_, id) => ({ id, is_processing: id < running }));
  return ok(list);
};

/** By the path as it arrived; those of the API are there with `/v1`, and without where the server knows both. */
const pages: Readonly<Record<MockDialect, Readonly<Record<string, Page>>>> = {
  deepseek: { '/models': models, '/user/balance': balance },
  vllm: {
    '/v1/models': models,
    '/health': health,
    '/ping': health,
    '/metrics': metrics,
    '/version': () => ok({ version: '0.14.0' }),
  },
  sglang: {
    '/v1/models': models,
    '/health': health,
    '/health_generate': health,
    '/metrics': metrics,
    '/get_model_info': ({ names }) => ok({ model_path: listedModels(names)[0] ?? '' }),
  },
  ollama: {
    '/v1/models': models,
    '/': () => ok('Ollama is running'),
    '/api/version': () => ok({ version: '0.14.0' }),
    '/api/tags': ({ names }) =>
      ok({ models: listedModels(names).map((name) => ({ name, model: name })) }),
  },
  'llama.cpp': {
    '/models': models,
    '/health': llamaHealth,
    '/metrics': metrics,
    '/slots': llamaSlots,
    '/props': ({ slots, names }) =>
      ok({ total_slots: Math.min(slots(), 64), model_path: listedModels(names)[0] ?? '' }),
  },
};

/** The page at a URL, if there is one. */
export function mockPage(url: string, context: MockPageContext): MockPage | undefined {
  const { dialect } = context.names;
  const [path = '', query = ''] = url.split('?');
  const short = path.replace(/^\/v1(?=\/)/, '');
  const name = mockDialectFacts[dialect].bareBase ? short : path;
  const page = Object.hasOwn(pages[dialect], name) ? pages[dialect][name] : undefined;
  return page?.(context, new URLSearchParams(query));
}

/** One way to name a model in a body. */
export interface Way {
  readonly name: string;
  /** Members beside the model stand in it too; the text goes as it is. */
  readonly body: string | Buffer;
  /** What a reader of the body finds; null: no model, undefined: the body is not to be read in one way. */
  readonly asks: string | null | undefined;
  /** It names more models than one to servers that choose. */
  readonly several?: true;
}

const named = (model: string): Way => ({
  name: `model ${JSON.stringify(model)}`,
  body: JSON.stringify({ messages: [], model, input: '' }),
  asks: model,
});
const odd = (name: string, body: string | Buffer): Way => ({ name, body, asks: undefined });

export const ways: readonly Way[] = [
  ...[
    'deepseek-flash',
    'deepseek-v4-pro',
    'deepseek-r1',
    'fast',
    'best',
    'DEEPSEEK-FLASH',
    'Deepseek-v4-pro',
    ' deepseek-flash',
    'deepseek-flash\u0000',
    'deepseek-flash/../deepseek-v4-pro',
    'deepseek-chat',
    'deepseek-reasoner',
    'deepseek-v4-flash',
    'deepseek-v4-flash-vision-exp',
    'claude-opus-4-1',
    'claude-opus',
    'claude-sonnet-4-5',
    'Claude-opus-4-1',
    'gpt-4o',
    'constructor',
    '__proto__',
  ].map(named),
  {
    name: 'an escape in the key',
    body: '{"mod\\u0065l":"deepseek-flash"}',
    asks: 'deepseek-flash',
  },
  {
    name: 'an escape in the name',
    body: '{"model":"deepseek-\\u0066lash"}',
    asks: 'deepseek-flash',
  },
  {
    name: 'a model inside of something else',
    body: '{"metadata":{"model":"deepseek-flash"},"model":"deepseek-v4-pro"}',
    asks: 'deepseek-v4-pro',
  },
  { name: 'none', body: '{"messages":[]}', asks: null },
  { name: 'none in an empty object', body: '{}', asks: null },
  {
    name: 'a list of models beside it',
    body: '{"model":"deepseek-flash","models":["deepseek-v4-pro"]}',
    asks: 'deepseek-flash',
    several: true,
  },
  {
    name: 'another model to fall back to',
    body: '{"model":"deepseek-flash","fallbacks":["deepseek-v4-pro"]}',
    asks: 'deepseek-flash',
    several: true,
  },
  {
    name: 'a tool with a model of its own',
    body: '{"model":"deepseek-flash","tools":[{"type":"advisor","model":"deepseek-v4-pro"}]}',
    asks: 'deepseek-flash',
    several: true,
  },
  odd('two of them', '{"model":"deepseek-flash","model":"deepseek-v4-pro"}'),
  odd('two the other way round', '{"model":"deepseek-v4-pro","model":"deepseek-flash"}'),
  odd('the same twice', '{"model":"deepseek-flash","model":"deepseek-flash"}'),
  odd('two, one by an escape', '{"model":"deepseek-flash","\\u006dodel":"deepseek-v4-pro"}'),
  odd('one in capitals', '{"MODEL":"deepseek-flash"}'),
  odd('one more in capitals', '{"model":"deepseek-flash","Model":"deepseek-v4-pro"}'),
  odd('null', '{"model":null}'),
  odd('a number', '{"model":1}'),
  odd('a list', '{"model":["deepseek-flash"]}'),
  odd('an object', '{"model":{"name":"deepseek-flash"}}'),
  odd('an empty name', '{"model":""}'),
  odd('no JSON', 'model=deepseek-flash'),
  odd('a list of bodies', '[{"model":"deepseek-flash"}]'),
  odd('two bodies', '{"model":"deepseek-flash"}{"model":"deepseek-v4-pro"}'),
  odd('a byte order mark', '\ufeff{"model":"deepseek-flash"}'),
  odd('UTF-16', Buffer.from('{"model":"deepseek-flash"}', 'utf16le')),
  odd('an open end', '{"model":"deepseek-flash"'),
];

/** Of callers, what their claim says. */
export const callers: Readonly<Record<string, unknown>> = {
  'no claim': undefined,
  nothing: [],
  flash: ['deepseek-flash'],
  'one name': 'deepseek-flash',
  pro: ['deepseek-v4-pro'],
  'flash and pro': ['deepseek-flash', 'deepseek-v4-pro'],
  'own server': ['deepseek-r1'],
  'flash and own server': ['deepseek-flash', 'deepseek-r1'],
  'former and foreign names': ['deepseek-chat', 'deepseek-reasoner', 'claude-opus-4-1', 'gpt-4o'],
  'aliases and capitals': ['fast', 'best', 'DEEPSEEK-FLASH', ''],
  'no list': { 'deepseek-flash': true },
  everything: true,
};

/** What a caller may use, told once more and by other means than the gateway has. */
export function mayUse(claim: unknown): readonly string[] {
  if (typeof claim === 'string') return [claim];
  return Array.isArray(claim) ? claim.map(String).filter((name) => name !== '') : [];
}

export const endpoints = [
  '/v1/chat/completions',
  '/chat/completions',
  '/beta/completions',
  '/v1/messages',
  '/anthropic/v1/messages',
  '/responses',
  '/v1/embeddings',
] as const;

/** What the public API of DeepSeek bills for a name. */
export function billedByDeepseek(path: string, name: string): string {
  const flash = [
    'deepseek-v4-flash',
    'deepseek-v4-flash-vision-exp',
    'deepseek-chat',
    'deepseek-reasoner',
  ];
  if (flash.includes(name)) return 'deepseek-flash';
  if (!path.endsWith('/messages')) return name;
  if (name.startsWith('claude-opus')) return 'deepseek-v4-pro';
  return name.startsWith('claude-') ? 'deepseek-flash' : name;
}

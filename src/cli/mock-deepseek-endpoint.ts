import { chatForm, type MockChatWish } from './mock-deepseek-chat-form.ts';
import { readChat, type MockChat, type MockReading } from './mock-deepseek-chat.ts';
import { completionForm, readCompletion } from './mock-deepseek-completion.ts';
import { mockDialectFacts, type MockDialect } from './mock-deepseek-dialect.ts';
import type { MockError } from './mock-deepseek-error.ts';
import type { MockForm } from './mock-deepseek-form.ts';
import { messagesForm } from './mock-deepseek-messages-form.ts';
import { readMessages } from './mock-deepseek-messages.ts';
import { responsesForm } from './mock-deepseek-responses-form.ts';
import { readResponses } from './mock-deepseek-responses.ts';

/** An endpoint that generates: how its requests are read and its answers written. */
export interface MockEndpoint {
  readonly beta: boolean;
  readonly read: (body: unknown, reading: MockReading) => MockChat | MockError;
  readonly form: (wish: MockChatWish) => MockForm;
}

const chat = { read: readChat, form: chatForm };
const completion = { read: readCompletion, form: completionForm };
const messages = { read: readMessages, form: () => messagesForm };
const responses = { read: readResponses, form: () => responsesForm };

const endpoints: Readonly<Record<string, Omit<MockEndpoint, 'beta'>>> = {
  '/chat/completions': chat,
  '/completions': completion,
  '/responses': responses,
  '/messages': messages,
};

/** The endpoint at a path (`apiPath`), if one generates there. */
export function mockEndpoint(path: string, dialect: MockDialect): MockEndpoint | undefined {
  const anthropic = /^\/anthropic(?:\/v1)?(?=\/messages$)/.exec(path);
  // DeepSeek has the Anthropic API below its own base only.
  if (dialect === 'deepseek' && path === '/messages') return undefined;
  const beta = dialect === 'deepseek' && path.startsWith('/beta/');
  const bare = path.slice((anthropic?.[0] ?? (beta ? '/beta' : '')).length);
  const name = beta ? bare.replace(/^\/v1(?=\/)/, '') : bare;
  const found = Object.hasOwn(endpoints, name) ? endpoints[name] : undefined;
  return found === undefined ? undefined : { ...found, beta };
}

/** Path without query, and without `/v1` where the API begins there; nothing where the server has no API. */
export function apiPath(url: string, dialect: MockDialect): string | undefined {
  const path = url.split('?')[0] ?? '';
  const short = path.replace(/^\/v1(?=\/)/, '');
  if (short !== path || mockDialectFacts[dialect].bareBase) return short;
  return undefined;
}

import type { MockDialect } from './mock-deepseek-dialect.ts';

/** A refusal in DeepSeek's form. */
export interface MockError {
  readonly status: number;
  readonly body: {
    readonly error: {
      readonly message: string;
      readonly type: string;
      readonly param: null;
      readonly code: string;
    };
  };
}

/** Texts by status as the error-code page and published answers have them. */
const documented: Readonly<Record<number, { readonly message: string; readonly type: string }>> = {
  400: { message: 'Invalid request body format.', type: 'invalid_request_error' },
  401: {
    message: 'Authentication Fails (auth header format should be Bearer sk-...)',
    type: 'authentication_error',
  },
  402: { message: 'Insufficient Balance', type: 'unknown_error' },
  404: { message: 'Not Found', type: 'invalid_request_error' },
  422: { message: 'Invalid parameters.', type: 'invalid_request_error' },
  429: { message: 'Rate limit reached.', type: 'rate_limit_error' },
  500: { message: 'Internal server error.', type: 'server_error' },
  503: {
    message: 'Service is too busy. Please retry your request after a brief wait.',
    type: 'service_unavailable_error',
  },
};

/** The error for a status, with a text of its own where the cause is known. */
export function mockError(status: number, message?: string): MockError {
  const known = documented[status] ?? { message: 'Error.', type: 'unknown_error' };
  return {
    status,
    body: {
      error: {
        message: message ?? known.message,
        type: known.type,
        param: null,
        code: status < 500 ? 'invalid_request_error' : known.type,
      },
    },
  };
}

/** The 401 for a wrong key: like DeepSeek it repeats the last four characters, which a gateway must not pass on. */
export function wrongKeyError(key: string): MockError {
  return mockError(401, `Authentication Fails, Your api key: ****${key.slice(-4)} is invalid`);
}

/** The body of a refusal as the server of a dialect writes it. */
export function refusalBody(error: MockError, dialect: MockDialect): object {
  return bodies[dialect](error);
}

const bare = { error: 'Unauthorized' };
const bodies: Readonly<Record<MockDialect, (error: MockError) => object>> = {
  deepseek: ({ body }) => body,
  vllm: ({ status, body }) => {
    const { message } = body.error;
    if (status === 401) return bare;
    return { error: { message, type: classOf(status), param: null, code: status } };
  },
  sglang: ({ status, body }) => {
    const { message } = body.error;
    if (status === 401) return bare;
    return { object: 'error', message, type: classOf(status), param: null, code: status };
  },
  ollama: ({ body }) => ({
    error: { message: body.error.message, type: 'api_error', param: null, code: null },
  }),
  'llama.cpp': ({ status, body }) => {
    const { message, type } = body.error;
    return { error: { code: status, message: status === 401 ? 'Invalid API Key' : message, type } };
  },
};

function classOf(status: number): string {
  if (status === 404) return 'NotFoundError';
  return status < 500 ? 'BadRequestError' : 'InternalServerError';
}

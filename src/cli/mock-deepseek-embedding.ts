import { createHash } from 'node:crypto';

import { unknownModel } from './mock-deepseek-chat.ts';
import { mockError, type MockError } from './mock-deepseek-error.ts';
import { isFields } from './mock-deepseek-fields.ts';
import { mockModel, type MockNames } from './mock-deepseek-model-name.ts';
import { words } from './mock-deepseek-reply.ts';

/** Embeddings of self-hosted servers: short vectors, the same for the same text. */
export function mockEmbeddings(body: unknown, names: MockNames): object | MockError {
  if (!isFields(body) || typeof body.model !== 'string') {
    return mockError(422, 'missing field `model`');
  }
  const model = mockModel(body.model, names);
  if (model === undefined) return unknownModel(body.model, names.dialect);
  const inputs = (Array.isArray(body.input) ? body.input : [body.input]) as readonly unknown[];
  if (!inputs.every((input): input is string => typeof input === 'string')) {
    return mockError(422, 'missing field `input`');
  }
  const tokens = inputs.reduce((sum, input) => sum + words(input).length, 0);
  return {
    object: 'list',
    model: model.name,
    data: inputs.map((input, index) => ({
      object: 'embedding',
      index,
      embedding: [...createHash('sha256').update(input).digest().subarray(0, 8)].map(
        (byte) => byte / 128 - 1,
      ),
    })),
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}

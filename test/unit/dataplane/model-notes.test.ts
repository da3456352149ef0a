import { expect, test } from '@jest/globals';

import { createModelNotes, noteTry } from '../../../src/dataplane/model-notes.ts';
import { readModelRequest } from '../../../src/llm/model-request.ts';

function notesOf(body: string) {
  const request = readModelRequest('chat', Buffer.from(body));
  if ('message' in request) throw new Error(request.message);
  return createModelNotes(request);
}

test('before any server is asked only the request is known', () => {
  expect(notesOf('{"model":"m","stream":true}')).toMatchObject({
    endpoint: 'chat',
    stream: true,
    requestModel: 'm',
    billedModel: '',
    tries: 0,
  });
  expect(notesOf('{}').requestModel).toBe('');
});

test('each server begins anew', () => {
  const notes = notesOf('{"model":"m"}');
  noteTry(notes, { billedModel: 'a', provider: 'deepseek', host: 'api.deepseek.com' });
  Object.assign(notes, {
    usage: { inputTokens: 1, outputTokens: 2 },
    finishReason: 'insufficient_system_resource',
    responseModel: 'a-1',
    firstTokenAtMs: 5,
    pieces: 3,
  });
  noteTry(notes, { billedModel: 'b', provider: 'openai', host: 'r1.test' });
  expect(notes).toEqual({
    ...notesOf('{"model":"m"}'),
    billedModel: 'b',
    provider: 'openai',
    host: 'r1.test',
    tries: 2,
  });
});

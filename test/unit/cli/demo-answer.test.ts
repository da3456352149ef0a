import { describe, expect, it } from '@jest/globals';

import { readAnswer } from '../../../src/cli/demo-answer.ts';

const delta = (fields: object): string =>
  `data: ${JSON.stringify({ choices: [{ delta: fields }] })}\n\n`;

function stream(...pieces: readonly string[]): Response {
  const body = new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece));
      controller.close();
    },
  });
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
}

async function read(response: Response) {
  let printed = '';
  const answer = await readAnswer(response, (text) => (printed += text));
  return { printed, ...answer };
}

describe('answers of the demo', () => {
  it('prints a refusal as it is', async () => {
    expect(await read(new Response('Jwt is missing', { status: 401 }))).toEqual({
      printed: 'Jwt is missing',
      text: 'Jwt is missing',
      completeStream: false,
    });
  });

  it('prints thoughts in brackets, then the answer, however the stream is cut', async () => {
    const text = `: keep-alive\n\n${delta({ reasoning_content: 'Hm', content: null })}${delta({ content: 'Hi', reasoning_content: null })}data: [DONE]\n\n`;
    const answer = await read(stream(text.slice(0, 40), text.slice(40, 90), text.slice(90)));
    expect(answer).toEqual({ printed: '[Hm]\n      Hi', text: '', completeStream: true });
  });

  it.each([
    ['an end without [DONE]', [delta({ reasoning_content: 'a' }), delta({ content: 'b' })]],
    ['no thoughts', [delta({ content: 'b' }), 'data: [DONE]\n\n']],
    ['no content', [delta({ reasoning_content: 'a' }), 'data: [DONE]\n\n']],
    [
      'one piece only',
      [`${delta({ reasoning_content: 'a' })}${delta({ content: 'b' })}data: [DONE]\n\n`],
    ],
  ])('does not take %s for a streamed answer', async (_title, pieces) => {
    expect((await read(stream(...pieces))).completeStream).toBe(false);
  });
});

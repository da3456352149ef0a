import { describe, expect, it } from '@jest/globals';
import { parsedBody, refusalOf } from '../../../src/kube/kube-answer.ts';
import type { KubeAnswer } from '../../../src/kube/kube-exchange.ts';

const mebibyte = 1024 * 1024;

function answerOf(chunks: readonly (string | Buffer)[], status = 200): KubeAnswer {
  async function* body() {
    for (const chunk of chunks) yield Buffer.from(chunk);
  }
  return { status, headers: {}, body: body() };
}

describe('parsedBody', () => {
  it('puts chunks together before it reads characters', async () => {
    const bytes = Buffer.from('{"a":"漢"}');
    expect(await parsedBody(answerOf([bytes.subarray(0, 7), bytes.subarray(7)]))).toEqual({
      a: '漢',
    });
  });

  it('takes 16 MiB and no more', async () => {
    const fill = Buffer.alloc(mebibyte, ' ');
    const chunks = Array.from({ length: 16 }, () => fill);
    expect(await parsedBody(answerOf(chunks))).toBeUndefined();
    await expect(parsedBody(answerOf([...chunks, '1']))).rejects.toThrow(
      'an answer is longer than 16777216 bytes',
    );
  });

  it('does not quote what is no JSON', async () => {
    const error: unknown = await parsedBody(answerOf(['canary'])).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ message: 'an answer of 6 characters is no JSON' });
  });
});

describe('refusalOf', () => {
  it('tells the status alone when the words are too many', async () => {
    const error = await refusalOf(
      answerOf(['{"message":"', 'm'.repeat(70_000), '"}'], 500),
      'GET /x',
    );
    expect(error).toMatchObject({ status: 500, message: 'GET /x: 500' });
  });

  it.each([0, -1, Number.NaN])('does not wait %d s', async (seconds) => {
    const { retryAfterMs } = await refusalOf(
      { ...answerOf([''], 429), headers: { 'retry-after': String(seconds) } },
      'GET /x',
    );
    expect(retryAfterMs).toBeUndefined();
  });
});

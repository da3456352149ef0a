import { describe, expect, it, test } from '@jest/globals';
import { modelFault } from '../../../src/dataplane/model-fault.ts';
import { answerRig } from '../../support/answer-rig.ts';

const json = 'application/json';
const usage = { prompt_tokens: 3, completion_tokens: 2 };
const answer = (message: object, rest: object = {}) =>
  JSON.stringify({
    model: 'm',
    choices: [{ index: 0, message, finish_reason: 'stop' }],
    usage,
    ...rest,
  });
const plain = answer({ role: 'assistant', content: 'hi' });

describe('WholeAnswer', () => {
  test('sends an answer as it came, with its length', () => {
    const { begin, write, end, log, model } = answerRig();
    model.pieces = 9;
    begin(json, { length: plain.length });
    write(plain.slice(0, 20));
    write(plain.slice(20));
    expect(log).toEqual([]);
    expect(end()).toBeUndefined();
    const head = `200 content-type ${json} content-length ${plain.length}`;
    expect(log).toEqual(['served', head, `${plain}|end`]);
    expect(model).toMatchObject({
      usage: { inputTokens: 3, outputTokens: 2 },
      finishReason: 'stop',
      responseModel: 'm',
      pieces: 0,
    });
  });

  test('gives reasoning its field', () => {
    const { begin, write, end, log } = answerRig();
    begin(json);
    write(answer({ role: 'assistant', content: '<think>\nwhy\n</think>\n\nhi', reasoning: null }));
    end();
    const { choices } = JSON.parse((log.at(-1) ?? '').replace('|end', '')) as {
      choices: { message: object }[];
    };
    expect(choices[0]?.message).toEqual({
      role: 'assistant',
      content: 'hi',
      reasoning_content: 'why',
    });
  });

  test('sends blank lines on at once where nobody else can be asked', () => {
    const { begin, write, end, log } = answerRig();
    begin(json);
    write('\n');
    write('\n\n');
    expect(log).toEqual(['served', `200 content-type ${json}`, '\n', '\n\n']);
    write(`\n${plain}`);
    end();
    expect(log.slice(4)).toEqual(['\n', plain, '|end']);
  });

  test('holds them back where somebody can', () => {
    const { begin, write, end, log } = answerRig({ hasNext: true });
    begin(json);
    write('\n\n');
    write(plain);
    end();
    expect(log.slice(1)).toEqual([
      `200 content-type ${json} content-length ${plain.length}`,
      `${plain}|end`,
    ]);
  });

  it.each([
    ['sk-1', '', 502],
    ['sk-1', '\n', undefined],
    [undefined, '', undefined],
  ])('an error about the account, asked with the key %j, behind %j: %j', (key, blanks, status) => {
    const { begin, write, end } = answerRig(key === undefined ? {} : { key });
    begin(json);
    write(`${blanks}{"error":{"type":"authentication_error"}}`);
    expect(end()?.status).toBe(status);
  });

  it.each<[string, ReturnType<typeof modelFault>]>([
    ['', modelFault('cut off')],
    ['\n\n', modelFault('cut off')],
    [plain.slice(0, -1), modelFault('unreadable')],
    ['<html>', modelFault('unreadable')],
  ])('%j is no answer', (text, fault) => {
    const { begin, write, end } = answerRig();
    begin(json);
    write(text);
    expect(end()).toEqual(fault);
  });

  test('lets another server answer in place of one that has no room', () => {
    const busy = plain.replace('"stop"', '"insufficient_system_resource"');
    const first = answerRig({ hasNext: true });
    first.begin(json);
    first.write(busy);
    expect(first.end()).toEqual(modelFault('failed', 'insufficient_system_resource'));
    const last = answerRig();
    last.begin(json);
    last.write(busy);
    expect(last.end()).toBeUndefined();
    expect(last.log.at(-1)).toBe(`${busy}|end`);
    expect(last.log[0]).toBe('not served');
  });

  test('sends what is too long on unread, unless something has to be hidden', () => {
    const piece = 'x'.repeat(20 * 1024 * 1024);
    const open = answerRig();
    open.begin(json);
    open.write(piece);
    open.write(piece);
    open.write('y');
    expect(open.end()).toBeUndefined();
    expect(open.log.slice(2).map(({ length }) => length)).toEqual([
      piece.length,
      piece.length,
      1,
      4,
    ]);
    const hidden = answerRig({ view: { hide: true } });
    hidden.begin(json);
    hidden.write(piece);
    hidden.write(piece);
    expect(hidden.faults).toEqual([modelFault('too long')]);
    expect(hidden.log).toEqual([]);
  });

  test('hides reasoning, and what is not known', () => {
    const { begin, write, end, log } = answerRig({ view: { hide: true } });
    begin(json);
    write(
      answer(
        { role: 'assistant', content: 'hi', reasoning_content: 'secret', thoughts: ['secret'] },
        { debug: 'secret' },
      ),
    );
    end();
    expect(log.at(-1)).toBe(`${plain.slice(0, -1)}}|end`);
  });
});

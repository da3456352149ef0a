import { describe, expect, it } from '@jest/globals';
import { listAll, tidied } from '../../../src/kube/list-all.ts';
import { AnswerTooLongError } from '../../../src/kube/kube-answer.ts';
import { KubeApiError } from '../../../src/kube/kube-api-error.ts';
import type { KubeObject } from '../../../src/kube/kube-object.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import {
  createScriptedKubeClient,
  listOf,
  type ScriptedAnswer,
} from '../../support/scripted-kube-client.ts';

function read(...answers: readonly ScriptedAnswer[]) {
  const client = createScriptedKubeClient(createFakeClock());
  client.answer(...answers);
  let asks = 0;
  const arrived: string[] = [];
  const listed = listAll({
    client,
    path: '/api/v1/secrets',
    query: { labelSelector: 'a=b' },
    signal: new AbortController().signal,
    asks: () => (asks += 1),
    arriving: (objects) => {
      arrived.push(
        `${objects.map(({ metadata }) => metadata.name).join()} at ${client.log.length}`,
      );
    },
  });
  return { client, listed, arrived, asks: () => asks };
}

const tooLong = new KubeApiError(0, 'too long', { cause: new AnswerTooLongError(1) });

describe('listAll', () => {
  it('keeps the query on every page, and counts them', async () => {
    const { client, listed, asks } = read(listOf('1', [], 'next'), listOf('1'));
    expect(await listed).toEqual({ objects: [], resourceVersion: '1' });
    expect(client.log.map(({ query }) => query)).toEqual([
      { labelSelector: 'a=b', limit: '500' },
      { labelSelector: 'a=b', limit: '500', continue: 'next' },
    ]);
    expect(asks()).toBe(2);
  });

  it('tells of each page once the next one is asked for', async () => {
    const page = (name: string, next?: string) =>
      listOf('1', [{ metadata: { name, uid: name, resourceVersion: '1' } }], next);
    const { listed, arrived } = read(page('a', 'b'), page('b', 'c'), page('c'));
    expect((await listed).objects.map(({ metadata }) => metadata.name)).toEqual(['a', 'b', 'c']);
    expect(arrived).toEqual(['a at 2', 'b at 3']);
  });

  it('fails with the page that fails', async () => {
    const { listed, arrived } = read(listOf('1', [], 'next'), 403);
    await expect(listed).rejects.toMatchObject({ status: 403 });
    expect(arrived).toEqual([' at 2']);
  });

  it.each([
    ['pages', [], ['500', '62', '7', '7']],
    ['all at once', [410], ['500', undefined, '62', '7', '7']],
  ])('asks for fewer objects at a time when they are too long: %s', async (_, first, limits) => {
    const answers = [...first, tooLong, tooLong, listOf('1', [], 'next'), listOf('1')];
    const { client, listed } = read(...answers);
    expect(await listed).toEqual({ objects: [], resourceVersion: '1' });
    expect(client.log.map(({ query }) => query['limit'])).toEqual(limits);
  });

  it('gives up when one object alone is too long', async () => {
    const { listed, asks } = read(tooLong);
    await expect(listed).rejects.toBe(tooLong);
    expect(asks()).toBe(4);
  });

  it('asks without pages only once', async () => {
    const { listed, asks } = read(410);
    await expect(listed).rejects.toMatchObject({ status: 410 });
    expect(asks()).toBe(2);
  });

  it.each([
    ['nothing', {}],
    ['no items', { metadata: { resourceVersion: '1' } }],
    ['no version', { items: [], metadata: {} }],
  ])('refuses an answer with %s', async (_, answer) => {
    await expect(read(answer).listed).rejects.toMatchObject({
      status: 0,
      message: 'GET /api/v1/secrets: the answer is no list',
    });
  });
});

describe('tidied', () => {
  it('leaves the object that it was given alone', () => {
    const metadata = { name: 'a', uid: 'u', resourceVersion: '1', managedFields: [] };
    const object: KubeObject = { metadata, data: { a: 'b' } };
    expect(tidied(object)).toEqual({
      metadata: { name: 'a', uid: 'u', resourceVersion: '1' },
      data: { a: 'b' },
    });
    expect(object.metadata).toHaveProperty('managedFields');
  });
});

import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';

import { askedRequest, type WrittenRequest } from '../ir/asked-request.ts';
import type { AdminFacts } from './admin-facts.ts';

/** Bytes of a question at most: what it describes has a head of 16 KiB. */
const bodyLimit = 256 * 1024;

/**
 * `POST /explain`: the request to explain is in the body, since a URL with a token in it ends in logs. It changes nothing.
 * Only JSON is read, which no page in a browser can send here without asking first.
 */
export function addExplainPage(app: Express, facts: AdminFacts): void {
  const answer: RequestHandler = async (request, response) => {
    const asked = questionIn(request.body);
    if (typeof asked === 'string') {
      response.status(400).type('text').send(`${asked}\n`);
      return;
    }
    const explanation = await facts.explain(asked);
    response.type('json').send(`${JSON.stringify(explanation, undefined, 2)}\n`);
  };
  app.post(
    '/explain',
    express.text({ type: 'application/json', limit: bodyLimit }),
    answer,
    unreadable,
  );
}

/** Of a body that cannot be read nothing is repeated or logged: there may be a token in it. */
const unreadable: ErrorRequestHandler = (thrown: unknown, _request, response, next) => {
  const isTooLarge = isObject(thrown) && thrown['type'] === 'entity.too.large';
  if (!isTooLarge) return next(thrown);
  response.status(413).type('text').send(`found more than ${bodyLimit} bytes\n`);
};

function questionIn(body: unknown): ReturnType<typeof askedRequest> {
  const question = typeof body === 'string' ? parsed(body) : undefined;
  if (!isObject(question)) {
    return 'the body: accepted application/json such as {"method": "GET", "url": "http://host/path", "headers": {"name": "value"}}';
  }
  const written = writtenRequest(question);
  return typeof written === 'string' ? written : askedRequest(written);
}

const texts = ['method', 'url', 'body', 'listener', 'serverName'] as const;

function writtenRequest(question: Record<string, unknown>): WrittenRequest | string {
  const known: readonly string[] = [...texts, 'headers', 'http2'];
  const other = Object.keys(question).find((name) => !known.includes(name));
  if (other !== undefined) return `found ${JSON.stringify(other)}, accepted ${known.join(', ')}`;
  const { url, headers = {}, http2 = false } = question;
  if (typeof url !== 'string') return 'url: accepted a text';
  const wrong = texts.find((name) => question[name] !== undefined && !isText(question[name]));
  if (wrong !== undefined) return `${wrong}: accepted a text`;
  if (typeof http2 !== 'boolean') return 'http2: accepted true or false';
  if (!isObject(headers)) return 'headers: accepted an object of texts or lists of texts';
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    [value].flat().map((one) => [name, one] as const),
  );
  if (!lines.every(isLine)) return 'headers: accepted an object of texts or lists of texts';
  const parts = texts.flatMap((name) => (isText(question[name]) ? [[name, question[name]]] : []));
  return { url, ...Object.fromEntries(parts), headers: lines, http2 };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isLine(line: readonly [string, unknown]): line is readonly [string, string] {
  return isText(line[1]);
}

import type { AnswersRead } from './http-answers.ts';
import type { ReadRequest, Reading } from './http-reading.ts';
import type { SeenRequest } from './strict-upstream.ts';

/** One connection, from both sides of the gateway. */
export interface Connection {
  /** What a strict reader finds in all that the client meant to send. */
  readonly reading: Reading;
  readonly answers: AnswersRead;
  readonly seen: readonly SeenRequest[];
  /** The client went before it had its answers. */
  readonly left: boolean;
  /** Tokens that open the guarded routes. */
  readonly goodToken: string;
  /** Whom the token names. */
  readonly subject: string;
}

/** Says everything that is wrong with what became of a connection. */
export function faultsOf(connection: Connection): readonly string[] {
  const { reading, answers, seen, left } = connection;
  const faults: string[] = [];
  const sent = reading.requests;
  // An upstream that was too slow, or was let go of: it may also see a request late.
  const failed = answers.answers.filter(({ status }) => status >= 500).length;
  let next = 0;
  for (const request of seen) {
    const at = sent.findIndex((one, index) => index >= next && isSame(one, request));
    const found = sent[at];
    if (found === undefined) {
      faults.push(
        `the upstream saw what the client did not send: ${request.method} ${request.target}`,
      );
      continue;
    }
    if (failed === 0) next = at + 1;
    faults.push(...trustFaults(found, request, connection));
  }
  const good = answers.answers.filter(({ headers }) => headers.some(([name]) => name === 'x-seen'));
  const numbers = good.map(({ headers }) =>
    Number(headers.find(([name]) => name === 'x-seen')?.[1]),
  );
  const mine = seen.map(({ number }) => number);
  const strangers = numbers.filter((number) => !mine.includes(number));
  if (strangers.length > 0) faults.push('an answer for another connection');
  if (numbers.some((number, index) => index > 0 && number <= (numbers[index - 1] ?? 0))) {
    faults.push('answers out of order');
  }
  const broken = left || reading.tail !== 'clean' || answers.cut;
  // What was answered may be lost to a client that resets its connection.
  if (!left && seen.length > good.length + failed + (broken ? 1 : 0)) {
    faults.push(`${seen.length} requests upstream for ${good.length} answers`);
  }
  if (answers.fault !== '') faults.push(`unreadable answer: ${answers.fault}`);
  if (answers.cut && !left && reading.tail === 'clean') faults.push('an answer was cut');
  return faults;
}

/** The same method, body and index line, and the target in its one form. */
function isSame(sent: ReadRequest, seen: ReadRequest): boolean {
  return (
    sent.method === seen.method &&
    sent.body.equals(seen.body) &&
    values(sent, 'x-index').every(
      (value) => values(seen, 'x-index').includes(value) || isNominated(sent),
    ) &&
    sameTarget(sent.target, seen.target)
  );
}

function isNominated(request: ReadRequest): boolean {
  return values(request, 'connection').some((value) => value.toLowerCase().includes('x-index'));
}

function values({ headers }: ReadRequest, name: string): readonly string[] {
  return headers.filter(([one]) => one === name).map(([, value]) => value);
}

function sameTarget(sent: string, seen: string): boolean {
  const [path, query] = formOf(sent);
  const [seenPath, seenQuery] = formOf(seen);
  return (
    path === seenPath && (query === seenQuery || withoutToken(query) === withoutToken(seenQuery))
  );
}

function withoutToken(query: string | undefined): string | undefined {
  const kept = query?.split('&').filter((piece) => !/^(?:a|%61)ccess_token(?:=|$)/i.test(piece));
  return kept === undefined || kept.length === 0 ? undefined : kept.join('&');
}

/** The path as the URL standard resolves it, in the least escaped form; the query untouched. */
function formOf(target: string): readonly [string, string | undefined] {
  const origin = target.replace(/^https?:\/\/[^/?#]*/i, '');
  const rooted = origin.startsWith('/') ? origin : `/${origin}`;
  const mark = rooted.indexOf('?');
  const path = mark === -1 ? rooted : rooted.slice(0, mark);
  const plain = path.replaceAll(/%([0-9a-f]{2})/gi, (escape, hex: string) => {
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    return /[\w\-.~]/.test(character) ? character : escape.toUpperCase();
  });
  // A host in front, so that `//x` is a path and no host.
  const resolved = new URL(`http://host${plain}`).pathname;
  const shown = resolved.replaceAll(/%(?:22|3C|3E|5E|60|7B|7C|7D)/g, (escape) =>
    decodeURIComponent(escape),
  );
  return [shown, mark === -1 ? undefined : rooted.slice(mark + 1)];
}

function trustFaults(
  sent: ReadRequest,
  seen: SeenRequest,
  { goodToken, subject }: Connection,
): readonly string[] {
  const faults: string[] = [];
  const [path] = formOf(seen.target);
  const isGuarded = path.startsWith('/guarded');
  const isTrusted = values(sent, 'authorization').some((value) => value === `Bearer ${goodToken}`);
  if (isGuarded && !isTrusted) faults.push(`guarded and not verified: ${sent.target}`);
  const said = [...values(seen, 'x-sub'), ...values(seen, 'x_sub')];
  const expected = isGuarded ? [subject] : [];
  if (said.join('|') !== expected.join('|')) faults.push(`x-sub is ${said.join('|')}`);
  return faults;
}

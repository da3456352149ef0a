/** An answer as a strict client reads it. */
interface ReadAnswer {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
}

/** All answers on a connection. */
export interface AnswersRead {
  readonly answers: readonly ReadAnswer[];
  /** Bytes are left that are no whole answer. */
  readonly cut: boolean;
  readonly fault: string;
}

/** Reads answers; `methods` are those of the requests, since one to HEAD has no body. `closed`: nothing more will come. */
export function readAnswers(
  bytes: Buffer,
  methods: readonly string[],
  closed: boolean,
): AnswersRead {
  const answers: ReadAnswer[] = [];
  let at = 0;
  while (at < bytes.length) {
    const read = readAnswer(bytes, at, methods[answers.length] ?? 'GET', closed);
    if (read === undefined) return { answers, cut: true, fault: '' };
    if (typeof read === 'string') return { answers, cut: true, fault: read };
    at = read.end;
    if (read.status >= 200) answers.push(read);
  }
  return { answers, cut: false, fault: '' };
}

interface Ended extends ReadAnswer {
  readonly end: number;
}

/** Undefined: not all of it is there; a text: what is wrong with it. */
function readAnswer(
  bytes: Buffer,
  at: number,
  method: string,
  closed: boolean,
): Ended | string | undefined {
  const stop = bytes.indexOf('\r\n\r\n', at);
  if (stop === -1) return undefined;
  const [line = '', ...lines] = bytes.toString('latin1', at, stop).split('\r\n');
  const status = Number(/^HTTP\/1\.1 ([1-5][0-9]{2}) [\t\x20-\x7e]*$/.exec(line)?.[1]);
  if (Number.isNaN(status)) return `status line ${line.slice(0, 80)}`;
  const headers: [string, string][] = [];
  for (const one of lines) {
    const [, name, value] =
      /^([!#$%&'*+.^_`|~\w-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)$/.exec(one) ?? [];
    if (name === undefined || value === undefined) return `header line ${one.slice(0, 80)}`;
    headers.push([name.toLowerCase(), value]);
  }
  const body = bodyOf(bytes, stop + 4, { status, headers, method, closed });
  return typeof body === 'object' ? { status, headers, ...body } : body;
}

interface Framing {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly method: string;
  readonly closed: boolean;
}

type Body = { readonly body: Buffer; readonly end: number };

function bodyOf(
  bytes: Buffer,
  at: number,
  { status, headers, method, closed }: Framing,
): Body | string | undefined {
  const lengths = headers.filter(([name]) => name === 'content-length').map(([, value]) => value);
  const codings = headers.filter(([name]) => name === 'transfer-encoding');
  if (lengths.length + codings.length > 1) return 'framed twice';
  // To bytes that were no request the gateway answers without knowing their method, and closes.
  const isLast =
    status >= 400 && headers.some(([name, value]) => name === 'connection' && value === 'close');
  if (
    (method === 'HEAD' && !(isLast && bytes.length > at)) ||
    status < 200 ||
    status === 204 ||
    status === 304
  ) {
    return { body: Buffer.alloc(0), end: at };
  }
  const [length] = lengths;
  if (length !== undefined) {
    if (!/^[0-9]+$/.test(length)) return 'length';
    const end = at + Number(length);
    return end > bytes.length ? undefined : { body: bytes.subarray(at, end), end };
  }
  if (codings[0]?.[1].toLowerCase() === 'chunked') return chunks(bytes, at);
  // Up to the end of the connection.
  return closed ? { body: bytes.subarray(at), end: bytes.length } : undefined;
}

function chunks(bytes: Buffer, from: number): Body | string | undefined {
  const pieces: Buffer[] = [];
  for (let at = from; ;) {
    const stop = bytes.indexOf('\r\n', at);
    if (stop === -1) return undefined;
    const size = bytes.toString('latin1', at, stop);
    if (!/^[0-9a-f]{1,8}$/i.test(size)) return 'chunk size';
    const length = Number.parseInt(size, 16);
    const end = stop + 2 + length;
    if (bytes.length < end + 2) return undefined;
    if (bytes.toString('latin1', end, end + 2) !== '\r\n') return 'end of a chunk';
    if (length === 0) return { body: Buffer.concat(pieces), end: end + 2 };
    pieces.push(bytes.subarray(stop + 2, end));
    at = end + 2;
  }
}

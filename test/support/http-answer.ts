import { request } from 'node:http';

/** An answer as a test looks at it. */
export interface HttpAnswer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Asks a server on this machine, under any `Host`. */
export function askHttp(
  port: number,
  path: string,
  { method = 'GET', host = 'localhost' }: { readonly method?: string; readonly host?: string } = {},
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const target = { port, host: '127.0.0.1', path, method, headers: { host } };
    const sent = request(target, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (body += chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode, headers: response.headers, body }),
      );
    });
    sent.on('error', reject);
    sent.end();
  });
}

/** Makes etcd forget every revision but the newest: who watches from an older one is told that it is too old. */
export async function compactEtcd(url: string): Promise<void> {
  const { header } = (await call(`${url}/v3/kv/range`, { key: toBase64('/') })) as {
    readonly header: { readonly revision: string };
  };
  await call(`${url}/v3/kv/compaction`, { revision: header.revision, physical: true });
}

async function call(url: string, body: object): Promise<unknown> {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url}: ${response.status} ${text}`);
  return JSON.parse(text);
}

function toBase64(text: string): string {
  return Buffer.from(text).toString('base64');
}

import { readFileSync } from 'node:fs';
import { openssl } from './openssl.ts';
import type { TempFolder } from './temp-folder.ts';

/** A fresh certificate for 127.0.0.1, in PEM, that is its own authority. */
export function createSelfSigned(folder: TempFolder): {
  readonly key: string;
  readonly cert: string;
} {
  const [key, cert] = [folder.pathOf('tls.key'), folder.pathOf('tls.crt')];
  const made = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2'.split(' ');
  const subject = ['-subj', '/CN=kube-proxy.test', '-addext', 'subjectAltName=IP:127.0.0.1'];
  openssl(...made, ...subject, '-keyout', key, '-out', cert);
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
}

import { createPublicKey, X509Certificate, type KeyObject } from 'node:crypto';

import type { ImportedKey, ImportKeys, KeyFinding } from '../ir/key-import.ts';
import { importJwk } from './jwk-key.ts';
import { finding, remark } from './key-finding.ts';

type ImportOptions = Parameters<ImportKeys>[1];

interface PemBlock {
  readonly type: string;
  /** Written anew: YAML may have indented or folded the lines. */
  readonly pem: string;
}

const blockForm = /-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END ([A-Z0-9 ]+)-----/g;
const publicTypes = new Set(['PUBLIC KEY', 'RSA PUBLIC KEY']);
const privateTypes = new Set(['PRIVATE KEY', 'RSA PRIVATE KEY', 'EC PRIVATE KEY']);
const accepted = 'PUBLIC KEY, RSA PUBLIC KEY or CERTIFICATE';
const blockLimit = 100;

/**
 * Reads the blocks of a PEM text: SPKI, PKCS#1, X.509, and private keys, of which only the public part is kept. node:crypto
 * takes them apart, and what comes out goes the way of a JWK, through jose. A PEM key says nothing of an algorithm, so
 * Envoy's reading holds: RSA is RS256, an elliptic curve its own.
 */
export async function importPem(
  text: string,
  options: ImportOptions,
): Promise<readonly (ImportedKey | KeyFinding)[]> {
  const blocks = [...text.matchAll(blockForm)];
  if (blocks.length === 0)
    return [finding('found a PEM text without a whole block, accepted ' + accepted)];
  if (blocks.length > blockLimit) {
    return [finding(`found ${blocks.length} PEM blocks, accepted ${blockLimit} at most`)];
  }
  const certificates: X509Certificate[] = [];
  const read: (ImportedKey | KeyFinding)[] = [];
  for (const [index, match] of blocks.entries()) {
    const label = blocks.length === 1 ? '' : `block ${index}: `;
    const block = blockOf(match);
    const found = block ? publicKeyOf(block, certificates, label) : broken(label);
    read.push(...found.remarks);
    if (found.key) read.push(...(await importKeyObject(found.key, label, options)));
  }
  return read;
}

interface FoundKey {
  readonly key?: KeyObject;
  readonly remarks: readonly KeyFinding[];
}

function blockOf([, type = '', body = '', end = '']: RegExpMatchArray): PemBlock | undefined {
  const base64 = body.replaceAll(/\s+/g, '');
  if (type !== end || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined;
  const lines = base64.replaceAll(/(.{64})(?=.)/g, '$1\n');
  return { type, pem: `-----BEGIN ${type}-----\n${lines}\n-----END ${type}-----\n` };
}

function publicKeyOf(
  { type, pem }: PemBlock,
  certificates: X509Certificate[],
  label: string,
): FoundKey {
  try {
    if (publicTypes.has(type)) return { key: createPublicKey(pem), remarks: [] };
    if (type === 'CERTIFICATE') return certificateKey(pem, certificates, label);
    if (privateTypes.has(type)) {
      const text = 'a private key: only its public part is used, and it should not be here';
      return { key: createPublicKey(pem), remarks: [remark(text, label)] };
    }
  } catch {
    // OpenSSL's message says less than this one.
    return broken(label);
  }
  // The parameters that openssl writes in front of an EC key.
  if (type === 'EC PARAMETERS') return { remarks: [] };
  return { remarks: [finding(`found a PEM block ${type}, accepted ${accepted}`, label)] };
}

/** Of a chain only the leaf signs tokens: a certificate that issued an earlier one is its authority. */
function certificateKey(pem: string, certificates: X509Certificate[], label: string): FoundKey {
  const certificate = new X509Certificate(pem);
  if (certificates.some((earlier) => earlier.checkIssued(certificate))) {
    return { remarks: [remark('not used: the authority of a certificate before it', label)] };
  }
  certificates.push(certificate);
  return { key: certificate.publicKey, remarks: [] };
}

function broken(label: string): FoundKey {
  return {
    remarks: [finding(`found a PEM block that cannot be read, accepted ${accepted}`, label)],
  };
}

async function importKeyObject(
  key: KeyObject,
  label: string,
  options: ImportOptions,
): Promise<readonly (ImportedKey | KeyFinding)[]> {
  const jwk = jwkOf(key);
  if (!jwk) {
    const type = key.asymmetricKeyType ?? 'unknown';
    return [finding(`found a key of type ${type}, accepted RSA, EC or Ed25519`, label)];
  }
  const alg = jwk.kty === 'RSA' ? { alg: 'RS256' } : {};
  return importJwk({ ...jwk, ...alg }, label, options);
}

function jwkOf(key: KeyObject): Record<string, unknown> | undefined {
  try {
    return { ...key.export({ format: 'jwk' }) };
  } catch {
    // A type that has no JWK form (RSA-PSS, DSA).
    return undefined;
  }
}

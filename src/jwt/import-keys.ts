import type { ImportedKey, ImportKeys, KeyFinding, KeyImport } from '../ir/key-import.ts';
import { importJwk } from './jwk-key.ts';
import { finding, isFinding } from './key-finding.ts';
import { importPem } from './pem-keys.ts';
import { isJsonObject, parseStrictJson, type JsonObject } from './strict-json.ts';

const keyLimit = 100;
const accepted = 'a PEM public key or certificate, a JWK or a JWKS';

type ImportOptions = Parameters<ImportKeys>[1];

/**
 * Reads keys from a text of a manifest, whatever its form. One bad key costs only itself; shared secrets and public keys in
 * one text are refused, since whoever may publish the latter must not be able to sign.
 */
export const importKeys: ImportKeys = async (text, options) => {
  const trimmed = text.replace(/^\ufeff/, '').trim();
  if (trimmed.startsWith('{')) return importKeySet(trimmed, options);
  if (trimmed.includes('-----BEGIN ')) return settle(await importPem(trimmed, options));
  const found = trimmed === '' ? 'an empty text' : `a text of ${trimmed.length} characters`;
  return settle([finding(`no key: found ${found}, accepted ${accepted}`)]);
};

/** Reads a JWK or a JWKS (RFC 7517), the only forms that are taken from the network. */
export async function importKeySet(text: string, options: ImportOptions): Promise<KeyImport> {
  const json = parseStrictJson(text)?.value;
  if (!isJsonObject(json)) {
    const wanted = 'a JSON object without a member twice';
    return settle([finding(`no key set: found ${text.length} characters, accepted ${wanted}`)]);
  }
  if (!('keys' in json)) return settle(await importAll([json], () => '', options));
  const { keys } = json;
  if (!Array.isArray(keys)) {
    return settle([finding('keys: found no list, accepted a list of JWKs')]);
  }
  if (keys.length === 0) return settle([finding('keys: found an empty list, accepted JWKs')]);
  if (keys.length > keyLimit) {
    return settle([finding(`keys: found ${keys.length}, accepted ${keyLimit} at most`)]);
  }
  return settle(await importAll(keys, (index) => `keys[${index}]: `, options));
}

async function importAll(
  members: readonly unknown[],
  label: (index: number) => string,
  options: ImportOptions,
): Promise<readonly (ImportedKey | KeyFinding)[]> {
  const read = await Promise.all(
    members.map(async (member, index) => {
      if (!isJsonObject(member)) return [finding('found no object, accepted a JWK', label(index))];
      return importJwk(member satisfies JsonObject, label(index), options);
    }),
  );
  return read.flat();
}

function settle(read: readonly (ImportedKey | KeyFinding)[]): KeyImport {
  const findings = read.filter(isFinding);
  const keys = read.filter((one): one is ImportedKey => !isFinding(one));
  const shared = keys.filter(({ key }) => key.kty === 'oct').length;
  if (shared === 0 || shared === keys.length) return { keys, findings };
  const mixed = `found ${shared} shared secret(s) (oct) beside ${keys.length - shared} public key(s), accepted one kind in a set`;
  return { keys: [], findings: [...findings, finding(mixed)] };
}

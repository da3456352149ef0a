import type { Segments } from './manifest-path.ts';

/** Fields that hold keys, tokens or claim values, and those whose members do; text at `jwks` is a key put too high. */
const secretFields = new Set([
  'authToken',
  'inline',
  'key',
  'publicKey',
  'local',
  'claims',
  'value',
  'data',
  'stringData',
]);
/** What API keys, bearer tokens, JWTs and PEM blocks begin with, wherever they were written by mistake. */
const secretText = /sk-|bearer|eyJ|-----BEGIN|"kty"/i;
const maxLength = 80;

/** Words for a value found in a manifest; of a secret only its type and length. */
export function foundValue(value: unknown, segments: Segments): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object') return 'an object';
  const hidden =
    segments.at(-1) === 'jwks' || segments.some((segment) => secretFields.has(String(segment)));
  if (typeof value === 'number' || typeof value === 'boolean') {
    return hidden ? `a ${typeof value}` : String(value);
  }
  if (typeof value !== 'string') return `a ${typeof value}`;
  if (value === '') return 'empty text';
  if (hidden || secretText.test(value)) return `text of ${value.length} characters`;
  return JSON.stringify(value.length > maxLength ? `${value.slice(0, maxLength)}…` : value);
}

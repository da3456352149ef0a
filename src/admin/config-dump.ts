import { contentHash } from '../base/stable-json.ts';
import type { AdminFacts } from './admin-facts.ts';

/** Members of a table that hold the id of a secret. */
const secretMembers = new Set(['secret', 'certificateSecret', 'keySecret', 'authoritiesSecret']);

/** What `/config_dump` shows. The table has no secrets in it; what names them is shortened to a hash all the same. */
export function configDump(facts: AdminFacts): object {
  const publishedAtMs = facts.publishedAtMs();
  return {
    ...(publishedAtMs === undefined ? {} : { publishedAt: new Date(publishedAtMs).toISOString() }),
    listening: facts.listening(),
    table: redacted(facts.table() ?? null),
    outcomes: facts.outcomes(),
    sourceProblems: facts.sourceProblems(),
    keySets: facts.keySets(),
  };
}

function redacted(value: unknown, member = ''): unknown {
  if (typeof value === 'string') return redactedText(value, member);
  if (Array.isArray(value)) return value.map((item) => redacted(item));
  if (value === null || typeof value !== 'object') return value;
  const members = Object.entries(value).map(([name, inner]) => [name, redacted(inner, name)]);
  return Object.fromEntries(members);
}

function redactedText(text: string, member: string): string {
  if (secretMembers.has(member)) return `sha256:${contentHash(text, 8)}`;
  return member === 'url' ? withoutCredentials(text) : text;
}

/** A URL of keys may carry a password or an API key. */
function withoutCredentials(text: string): string {
  const url = URL.parse(text);
  if (url === null) return '[redacted]';
  return `${url.protocol}//${url.host}${url.pathname}${url.search === '' ? '' : '?[redacted]'}`;
}

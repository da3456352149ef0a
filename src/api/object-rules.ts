import type { ObjectRules } from './schema.ts';

/** A rule between fields that an object breaks. */
export interface BrokenRule {
  readonly kind: 'exactlyOne' | 'atMostOne' | 'together';
  /** The fields of the rule that are set. */
  readonly set: readonly string[];
  /** All fields of the rule; of `together` those that are missing. */
  readonly fields: readonly string[];
  /** Gloo's text, where it has one. */
  readonly gloo?: string;
}

/** The rules that an object breaks; a field is set when it is there, whatever its value. */
export function brokenRules(rules: ObjectRules, object: object): readonly BrokenRule[] {
  const broken: BrokenRule[] = [];
  for (const { fields, required, gloo } of rules.oneOf ?? []) {
    const set = fields.filter((field) => Object.hasOwn(object, field));
    if (set.length > 1 || (required && set.length === 0)) {
      const text = gloo !== undefined && set.length === 0 ? { gloo } : {};
      broken.push({ set, fields, kind: required ? 'exactlyOne' : 'atMostOne', ...text });
    }
  }
  for (const { field, needs } of rules.together ?? []) {
    const missing = needs.filter((need) => !Object.hasOwn(object, need));
    if (Object.hasOwn(object, field) && missing.length > 0) {
      broken.push({ set: [field], fields: missing, kind: 'together' });
    }
  }
  return broken;
}

import type { ErrorObject } from 'ajv';
import { durationPattern } from '../base/duration.ts';
import { fieldHint } from './field-hint.ts';
import { foundValue } from './found-value.ts';
import { manifestPath, pointerSegments, type Segments } from './manifest-path.ts';
import { brokenRules, type BrokenRule } from './object-rules.ts';
import { explainProblem, type Reason } from './problem.ts';
import { schemaNode, schemasAlong, type SchemaNode } from './schema-node.ts';
import { keywords } from './schema.ts';

/** What is to be said of one mistake in a manifest. */
export interface ProblemText {
  readonly path: string;
  readonly reason: Reason;
  readonly message: string;
  readonly gloo?: string;
}

/** Turns an error of the schema check into text: path, found, accepted. An object may break several rules at once. */
export function problemTexts(
  error: ErrorObject,
  document: unknown,
  root: SchemaNode,
): readonly ProblemText[] {
  const segments = pointerSegments(error.instancePath, document);
  if (error.keyword !== keywords.rules) return [valueText(error, segments, root)];
  const rules = schemaNode(error.parentSchema ?? {})[keywords.rules] ?? {};
  return brokenRules(rules, Object(error.data)).map((rule) => ruleText(segments, rule));
}

function valueText(error: ErrorObject, segments: Segments, root: SchemaNode): ProblemText {
  if (error.keyword === 'additionalProperties') {
    return unknownField(segments, String(error.params['additionalProperty']), root);
  }
  if (error.keyword === 'required') {
    return missingField([...segments, String(error.params['missingProperty'])], root);
  }
  const path = manifestPath(segments);
  const found = foundSize(error) ?? foundValue(error.data, segments);
  return { path, reason: 'InvalidValue', message: explainProblem(found, accepted(error)) };
}

function unknownField(parent: Segments, name: string, root: SchemaNode): ProblemText {
  const path = manifestPath([...parent, name]);
  const message = `unknown field, ${fieldHint(root, parent, name)}`;
  return { path, reason: 'UnknownField', message };
}

function missingField(segments: Segments, root: SchemaNode): ProblemText {
  const path = manifestPath(segments);
  const description = schemasAlong(root, segments)[segments.length]?.description ?? 'a value';
  const message = `found nothing, required: ${description}`;
  return { path, reason: 'MissingField', message };
}

function ruleText(segments: Segments, { set, fields, kind, gloo }: BrokenRule): ProblemText {
  const path = manifestPath(segments);
  if (kind === 'together') {
    const message = `${set.join(', ')} needs ${fields.join(', ')} as well`;
    return { path, reason: 'MissingField', message };
  }
  const wanted = kind === 'exactlyOne' ? 'set exactly one' : 'set at most one';
  if (set.length === 0) {
    const message = `found none of ${fields.join(', ')}, ${wanted}`;
    return { path, reason: 'MissingField', message, ...(gloo === undefined ? {} : { gloo }) };
  }
  const message = `found ${set.join(' and ')}, ${wanted}`;
  return { path, reason: 'ConflictingFields', message };
}

/** Where the size is what is wrong, the size is what was found. */
function foundSize({ keyword, data }: ErrorObject): string | undefined {
  if (keyword === 'maxLength') return `text of ${String(data).length} characters`;
  if (keyword === 'maxProperties') return `${Object.keys(Object(data)).length} entries`;
  return undefined;
}

function accepted({ keyword, params, parentSchema }: ErrorObject): string {
  const node = schemaNode(parentSchema ?? {});
  const limit = String(params['limit']);
  const texts: Readonly<Record<string, string>> = {
    type: typeText(node),
    pattern: patternText(node.pattern),
    format: 'a whole number that fits 32 bits',
    minimum: rangeText(node),
    maximum: rangeText(node),
    minLength: `at least ${limit} character${limit === '1' ? '' : 's'}`,
    maxLength: `at most ${limit}`,
    maxItems: `at most ${limit}`,
    maxProperties: `at most ${limit}`,
    [keywords.enum]: (node[keywords.enum] ?? []).join(', '),
    [keywords.scalar]: 'text, true or false (put a number in quotes)',
  };
  return texts[keyword] ?? 'something else';
}

function typeText(node: SchemaNode): string {
  const words: Readonly<Record<string, string>> = {
    string: 'text (in quotes where it looks like something else)',
    boolean: 'true or false',
    integer: 'a whole number',
    number: 'a number',
    array: 'a list',
    object: 'an object',
  };
  const types = [node.type ?? []].flat();
  return types.map((type) => words[type] ?? type).join(' or ');
}

function patternText(pattern = ''): string {
  return pattern === durationPattern
    ? 'a duration such as 15s, 0.5s or 1m30s'
    : `text that fits ${pattern}`;
}

function rangeText({ minimum, maximum }: SchemaNode): string {
  if (minimum !== undefined && maximum !== undefined) return `${minimum} to ${maximum}`;
  return minimum === undefined ? `at most ${maximum}` : `at least ${minimum}`;
}

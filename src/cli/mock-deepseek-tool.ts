import { fieldsOf, isFields, type Fields } from './mock-deepseek-fields.ts';

/** A function that the model may call. */
export interface MockTool {
  readonly name: string;
  /** JSON schema of its arguments. */
  readonly schema: Fields;
}

/** What a request says about tools. */
export interface MockToolUse {
  readonly tools: readonly MockTool[];
  readonly choice: 'auto' | 'none' | 'required' | { readonly name: string };
  /** The last message is the result of a call: the model goes on with text. */
  readonly answered: boolean;
}

/** A call that the model wants. */
export interface MockToolCall {
  readonly name: string;
  /** JSON. */
  readonly arguments: string;
}

/** The calls of an answer: the tool that was named, else the first, unless the result of a call is there already. */
export function mockToolCalls(use: MockToolUse | undefined): readonly MockToolCall[] {
  if (use === undefined || use.choice === 'none') return [];
  const { choice } = use;
  const named = typeof choice === 'object' ? choice.name : undefined;
  const tool = use.tools.find(({ name }) => named === undefined || name === named);
  if (tool === undefined || (choice === 'auto' && use.answered)) return [];
  return [{ name: tool.name, arguments: JSON.stringify(exampleOf(tool.schema)) }];
}

/** A value that fits a schema of the simple kinds, always the same. */
export function exampleOf(schema: Fields): unknown {
  if ('const' in schema) return schema.const;
  if (Array.isArray(schema.enum)) return schema.enum[0];
  const either = Array.isArray(schema.anyOf) ? schema.anyOf.find(isFields) : undefined;
  if (either !== undefined) return exampleOf(either);
  const type = Array.isArray(schema.type) ? (schema.type as unknown[])[0] : schema.type;
  switch (type) {
    case 'string':
      return 'example';
    case 'integer':
    case 'number':
      return typeof schema.minimum === 'number' ? schema.minimum : 1;
    case 'boolean':
      return true;
    case 'null':
      return null;
    case 'array':
      return [exampleOf(fieldsOf(schema.items))];
    default:
      return exampleObject(fieldsOf(schema.properties));
  }
}

function exampleObject(properties: Fields): Fields {
  const members = Object.entries(properties).map(([name, schema]) => [
    name,
    exampleOf(fieldsOf(schema)),
  ]);
  return Object.fromEntries(members) as Fields;
}

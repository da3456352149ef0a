import {
  mockDialectFacts,
  type MockDialect,
  type MockReasoningForm,
} from './mock-deepseek-dialect.ts';

/** How names of models are understood. */
export interface MockNames {
  readonly dialect: MockDialect;
  /** In place of those of the dialect. */
  readonly models?: readonly string[];
  /** `deepseek-chat` and `deepseek-reasoner` still answer, as they did until 2026-07-24. */
  readonly legacyNames?: boolean;
  /** Where reasoning stands, in place of what is usual for the dialect. */
  readonly reasoningForm?: MockReasoningForm;
}

/** The model that answers to a name, and whether the name says that it thinks. */
export interface MockModel {
  readonly name: string;
  readonly thinking?: boolean;
}

const sameAsFlash = new Set(['deepseek-v4-flash', 'deepseek-v4-flash-vision-exp']);
const legacy: Readonly<Record<string, MockModel>> = {
  'deepseek-chat': { name: 'deepseek-flash', thinking: false },
  'deepseek-reasoner': { name: 'deepseek-flash', thinking: true },
};

/** The model for a name, the one that is billed; nothing when there is none of that name. */
export function mockModel(
  asked: string,
  names: MockNames,
  anthropic = false,
): MockModel | undefined {
  const facts = mockDialectFacts[names.dialect];
  if (names.models?.includes(asked)) return { name: asked };
  if (facts.anyModel) return { name: asked };
  if (names.models !== undefined) return undefined;
  if (names.dialect === 'deepseek') {
    if (names.legacyNames && Object.hasOwn(legacy, asked)) return legacy[asked];
    if (anthropic && asked.startsWith('claude')) {
      return { name: asked.startsWith('claude-opus') ? 'deepseek-v4-pro' : 'deepseek-flash' };
    }
    if (sameAsFlash.has(asked)) return { name: 'deepseek-flash' };
  }
  return facts.models.includes(asked) ? { name: asked } : undefined;
}

/** The names that `GET /models` lists: those that are no other name of one before. */
export function listedModels(names: MockNames): readonly string[] {
  const all = names.models ?? mockDialectFacts[names.dialect].models;
  return names.models === undefined ? all.filter((name) => !sameAsFlash.has(name)) : all;
}

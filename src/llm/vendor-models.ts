import type { ModelEndpoint } from './model-endpoint.ts';

/** A name that a vendor takes, and the model that it means and bills. */
interface VendorName {
  /** With a star at its end: all that begin so. */
  readonly name: string;
  readonly billed: string;
  /** Only there; absent: everywhere. */
  readonly endpoint?: ModelEndpoint;
}

/** Names at the public API of DeepSeek, as it documents them; the first that fits counts. */
export const deepseekNames: readonly VendorName[] = [
  { name: 'claude-opus*', billed: 'deepseek-v4-pro', endpoint: 'messages' },
  { name: 'claude-*', billed: 'deepseek-flash', endpoint: 'messages' },
  { name: 'deepseek-v4-flash', billed: 'deepseek-flash' },
  { name: 'deepseek-v4-flash-vision-exp', billed: 'deepseek-flash' },
  { name: 'deepseek-chat', billed: 'deepseek-flash' },
  { name: 'deepseek-reasoner', billed: 'deepseek-flash' },
];

/** The model that a vendor bills for a name; the name itself where nothing is known of it. */
export function vendorModel(
  names: readonly VendorName[],
  endpoint: ModelEndpoint,
  asked: string,
): string {
  const found = names.find(
    ({ name, endpoint: only }) => (only === undefined || only === endpoint) && fits(name, asked),
  );
  return found?.billed ?? asked;
}

function fits(name: string, asked: string): boolean {
  return name.endsWith('*') ? asked.startsWith(name.slice(0, -1)) : asked === name;
}

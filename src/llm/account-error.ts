import { accountErrorMessage, accountErrorType } from './error-body.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Names of errors about a key, a right or a balance. */
const accountWords = new Set(
  [
    ['authentication_error', 'permission_error', 'billing_error', 'invalid_api_key'],
    ['invalid_authentication', 'insufficient_balance', 'account_deactivated', 'unauthorized'],
    ['permission_denied', 'forbidden', 'payment_required', '401', '402', '403'],
  ].flat(),
);

const accountText = /\bapi[ _-]?key\b|\binsufficient balance\b|\bauthentication fails\b/i;

/** Whether a document says that an error is about the key or the account of whoever asks, by name or number. */
export function isAccountError(document: Fields): boolean {
  return errorsIn(document).some(namesAccount);
}

/** Likewise of an answer that began as a good one, where an error is the server's, so that its words count as well. */
export function isLateAccountError(document: Fields): boolean {
  return errorsIn(document).some(
    (error) => namesAccount(error) || accountText.test(textOf(error.message)),
  );
}

/** Whether a document tells of an error at all. */
export function hasError(document: Fields): boolean {
  return errorsIn(document).length > 0;
}

/** The document with the gateway's words in place of those of the error. */
export function ownAccountError(document: Fields, message = accountErrorMessage): Fields {
  const { error, response, type } = document;
  const own = { code: accountErrorType, message };
  if (isFields(response) && isFields(response.error)) {
    return { ...document, response: { ...response, error: own } };
  }
  const whole = { ...own, type: accountErrorType, param: null };
  if (!isFields(error)) return type === 'error' ? { type, ...own, param: null } : { error: whole };
  if (type === 'error') return { type, error: { type: 'api_error', message } };
  return { error: whole };
}

/** The errors that a document tells of, in the shapes of the three APIs and of older servers. */
function errorsIn(document: Fields): readonly Fields[] {
  const { error, response, type, object } = document;
  const found: Fields[] = [];
  if (isFields(error)) found.push(error);
  if (typeof error === 'string') found.push({ message: error });
  if (isFields(response) && isFields(response.error)) found.push(response.error);
  if (type === 'error' || object === 'error') found.push(document);
  return found;
}

function namesAccount({ type, code }: Fields): boolean {
  return [type, code].some((name) => accountWords.has(textOf(name).toLowerCase()));
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

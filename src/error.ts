/**
 * A mistake of the user's or a broken input: reported with its hint, exit 2, never with a stack.
 * `code` is a stable kebab-case word for programs.
 */
export class UserError extends Error {
  readonly hint: string;
  readonly code: string;

  constructor(message: string, hint: string, code = 'usage') {
    super(message);
    this.name = 'UserError';
    this.hint = hint;
    this.code = code;
  }
}

/** One condition on a key of frontmatter. */
export interface Condition {
  readonly key: string;
  readonly operator: Operator;
  readonly value: string;
}

type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=' | '~';

const CONDITION = /^\s*([\w.-]+)\s*(!=|<=|>=|=|<|>|~)([\s\S]*)$/;
/** A comma means "and" where another condition follows it: a value may hold commas. */
const AND = /,(?=\s*[\w.-]+\s*(?:!=|[=<>~]))/;

/** `status=accepted,date>2026-01-01` as conditions that all have to hold; undefined when one of them is none. */
export function conditionsOf(text: string): Condition[] | undefined {
  const parts = text.split(AND).map((part) => CONDITION.exec(part));
  if (parts.some((match) => match === null)) return undefined;
  return parts.flatMap((match) => (match ? [{ key: match[1] as string, operator: match[2] as Operator, value: (match[3] as string).trim() }] : []));
}

/**
 * Whether a value meets a condition. A list does where one of its items does (`!=`: where none is
 * equal). `<` and `>` compare numbers as numbers and everything else as text, so that ISO dates are in
 * order; `~` asks whether the text is in it, in any case. What is absent equals the empty text alone.
 */
export function meets(value: unknown, { operator, value: wanted }: Condition): boolean {
  if (operator === '!=') return !meets(value, { key: '', operator: '=', value: wanted });
  if (value === undefined || value === null || value === '') return operator === '=' && wanted === '';
  if (Array.isArray(value)) return value.length === 0 ? operator === '=' && wanted === '' : value.some((item) => meets(item, { key: '', operator, value: wanted }));
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  if (operator === '~') return text.toLowerCase().includes(wanted.toLowerCase());
  const order = orderOf(text, wanted);
  return operator === '=' ? order === 0 : operator === '<' ? order < 0 : operator === '>' ? order > 0 : operator === '<=' ? order <= 0 : order >= 0;
}

function orderOf(left: string, right: string): number {
  const [a, b] = [Number(left), Number(right)];
  if (left.trim() !== '' && right.trim() !== '' && Number.isFinite(a) && Number.isFinite(b)) return a - b;
  return left < right ? -1 : left > right ? 1 : 0;
}

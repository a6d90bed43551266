/** Text that is HTML already. Made by `html` alone, so that nothing of a document gets in unescaped. */
export interface Html {
  readonly html: string;
}

type Value = string | number | Html | readonly Value[] | undefined | false;

/** A piece of a page; every value is escaped but those that are pieces themselves. Nothing and `false` leave nothing. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  return { html: parts.map((part, index) => part + shown(values[index])).join('') };
}

function shown(value: Value): string {
  if (value === undefined || value === false) return '';
  if (typeof value === 'string' || typeof value === 'number') return escaped(String(value));
  return isList(value) ? value.map(shown).join('') : value.html;
}

function isList(value: Exclude<Value, string | number | undefined | false>): value is readonly Value[] {
  return Array.isArray(value);
}

const NAMES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text for content and for quoted attributes. What XML and HTML cannot hold becomes the sign for it. */
function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => NAMES[sign] as string).replace(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/g, '�');
}

/**
 * Data for a script element of type application/json: no `<`, so that neither `</script>` nor `<!--`
 * ends it, and no line separators, which old readers take for line ends.
 */
export function jsonFor(data: unknown): Html {
  return { html: JSON.stringify(data).replace(/[<>&\u2028\u2029]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`) };
}

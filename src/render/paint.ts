/** Puts a text into a style. */
export type Paint = (style: keyof typeof STYLES, text: string) => string;

const STYLES = { red: 31, yellow: 33, green: 32, bold: 1, dim: 2, cyan: 36 } as const;

/** Styles as a terminal shows them, or with `color` false the texts as they are. */
export function painter(color: boolean): Paint {
  return (style, text) => (color ? `\u001b[${STYLES[style]}m${text}\u001b[0m` : text);
}

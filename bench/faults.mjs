/** The eight kinds of invalid document, as edits of a valid spec.md. */
export const FAULTS = [
  { name: 'bad YAML', apply: (text) => text.replace(/^title: .*$/m, 'title: [never closed') },
  { name: 'duplicate key', apply: (text) => text.replace(/^(title: .*)$/m, '$1\n$1 again') },
  { name: 'absent frontmatter', apply: (text) => text.replace(/^---\n[^]*?\n---\n\n/, '') },
  { name: 'unclosed fence', apply: (text) => text.replace(/\n---\n/, '\n') },
  { name: 'wrong type', apply: (text) => text.replace(/^title: .*$/m, 'title: [not, text]') },
  { name: 'missing key', apply: (text) => text.replace(/^title: .*\n/m, '') },
  { name: 'unknown key', apply: (text) => text.replace(/^(title: .*)$/m, '$1\ncolour: red') },
  { name: 'bad value', apply: (text) => text.replace(/^ticket: .*$/m, 'ticket: no-ticket id!') },
];

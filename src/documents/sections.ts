import type { Heading, Outline } from './document.ts';

/** A heading with everything up to the next one that is not below it. */
export interface Section {
  readonly heading: Heading;
  /** Its text without comments, trimmed. */
  readonly text: string;
}

/** The sections of a document at any depth, in its order. */
export function sectionsOf({ headings, lines }: Outline): Section[] {
  return headings.map((heading, index) => {
    let next = index + 1;
    while (next < headings.length && (headings[next] as Heading).depth > heading.depth) next += 1;
    const end = (headings[next]?.line ?? lines.length + 1) - 1;
    const text = lines.slice(heading.line, end).join('\n').replaceAll(/<!--[^]*?-->/g, '');
    return { heading, text: text.trim() };
  });
}

/** The first section whose heading begins with these words; case, hyphens and signs do not count. */
export function sectionNamed(sections: readonly Section[], name: string): Section | undefined {
  const wanted = lettersOf(name);
  return sections.find(({ heading }) => lettersOf(heading.text).startsWith(wanted));
}

function lettersOf(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

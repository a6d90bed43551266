/** Entry of a lazily loaded bundle: CommonMark with frontmatter, as mdast. */
export { fromMarkdown } from 'mdast-util-from-markdown';
export { frontmatterFromMarkdown } from 'mdast-util-frontmatter';
export { frontmatter } from 'micromark-extension-frontmatter';

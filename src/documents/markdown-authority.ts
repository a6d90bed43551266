/** Entry of a lazily loaded bundle: CommonMark as mdast. */
export { fromMarkdown } from 'mdast-util-from-markdown';

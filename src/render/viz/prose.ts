import type { Nodes, Parent } from 'mdast';
import { markdownAuthority } from '../../documents/authority.ts';
import { html, type Html } from './html.ts';

/** Longer texts are shown as they are written: parsing them takes more than linear time. */
const LONGEST = 50_000;
/** Deeper nesting is shown as plain text. */
const DEEPEST = 12;

/** A document's Markdown as HTML that holds nothing but text, lists, code and links to the web; HTML in it is shown, not used. */
export function prose(markdown: string): Html {
  const text = markdown.trim();
  if (text === '') return html``;
  if (text.length > LONGEST) return html`<pre class="prose" dir="auto">${text}</pre>`;
  return html`<div class="prose">${shown(markdownAuthority().fromMarkdown(text), 0)}</div>`;
}

function within(node: Parent, depth: number): Html[] {
  return node.children.map((child) => shown(child, depth + 1));
}

function shown(node: Nodes, depth: number): Html {
  if (depth > DEEPEST) return html`${textOf(node)}`;
  const inner = 'children' in node ? within(node, depth) : [];
  switch (node.type) {
    case 'root':
      return html`${inner}`;
    case 'paragraph':
      return html`<p dir="auto">${inner}</p>`;
    case 'heading':
      return html`<p class="heading" dir="auto">${inner}</p>`;
    case 'blockquote':
      return html`<blockquote>${inner}</blockquote>`;
    case 'list':
      return node.ordered ? html`<ol start="${node.start ?? 1}">${inner}</ol>` : html`<ul>${inner}</ul>`;
    case 'listItem':
      return html`<li dir="auto">${inner}</li>`;
    case 'code':
      return html`<pre><code>${node.value}</code></pre>`;
    case 'inlineCode':
      return html`<code>${node.value}</code>`;
    case 'emphasis':
      return html`<em>${inner}</em>`;
    case 'strong':
      return html`<strong>${inner}</strong>`;
    case 'break':
      return html`<br>`;
    case 'thematicBreak':
      return html`<hr>`;
    case 'link':
      return /^https?:\/\//i.test(node.url) ? html`<a href="${node.url}" rel="noreferrer">${inner}</a>` : html`${inner}`;
    default:
      return plain(node, inner);
  }
}

function plain(node: Nodes, inner: readonly Html[]): Html {
  if (node.type === 'html') return /^<!--[^]*-->$/.test(node.value.trim()) ? html`` : html`<code>${node.value}</code>`;
  if (node.type === 'image' || node.type === 'imageReference') return html`${node.alt ?? ''}`;
  return 'value' in node ? html`${node.value}` : html`${inner}`;
}

/** All text below a node, without recursion. */
function textOf(node: Nodes): string {
  const pending: Nodes[] = [node];
  let text = '';
  for (let next = pending.pop(); next; next = pending.pop()) {
    if ('value' in next) text += next.value;
    if ('children' in next) pending.push(...next.children.toReversed());
  }
  return text;
}

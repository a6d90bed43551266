import type { NodeStatus } from '../../workflow/node-status.ts';
import { html, type Html } from './html.ts';

/** How a status is said and drawn: never by colour alone. Shapes are 16 by 16, drawn in the current colour. */
interface Sign {
  readonly word: string;
  readonly shape: string;
}

const STROKE = 'fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"';

/** In the order of the legend: what is over, what goes on, what comes, what hinders. */
const SIGNS: Readonly<Record<NodeStatus, Sign>> = {
  complete: { word: 'complete', shape: `<circle cx="8" cy="8" r="7" fill="currentColor"/><path d="M4.6 8.3 7 10.7l4.4-5" fill="none" stroke="var(--card)" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"/>` },
  skipped: { word: 'skipped', shape: `<path d="M2.5 3.5 7 8l-4.5 4.5M8.5 3.5 13 8l-4.5 4.5" ${STROKE}/>` },
  'awaiting-qa': { word: 'awaiting QA', shape: `<path d="M1 8s2.6-4.6 7-4.6S15 8 15 8s-2.6 4.6-7 4.6S1 8 1 8Z" ${STROKE}/><circle cx="8" cy="8" r="2.2" fill="currentColor"/>` },
  in_progress: { word: 'in progress', shape: `<circle cx="8" cy="8" r="6.6" ${STROKE}/><path d="M8 3.6a4.4 4.4 0 0 1 0 8.8Z" fill="currentColor"/>` },
  ready: { word: 'ready', shape: `<path d="M4 2.2 13.4 8 4 13.8Z" fill="currentColor" stroke="currentColor" stroke-width="1.2" stroke-linejoin="round"/>` },
  pending: { word: 'pending', shape: `<circle cx="8" cy="8" r="6.4" fill="none" stroke="currentColor" stroke-width="1.75" stroke-dasharray="2.6 2.4"/>` },
  reopened: { word: 'reopened', shape: `<path d="M13.4 9.2A5.6 5.6 0 1 1 12 4.2M12.4 1.4v3.2H9.2" ${STROKE}/>` },
  blocked: { word: 'blocked', shape: `<path d="M5 1h6l4 4v6l-4 4H5l-4-4V5Z" fill="currentColor"/><path d="M4.6 8h6.8" stroke="var(--card)" stroke-width="2.4" stroke-linecap="round"/>` },
  failed: { word: 'failed', shape: `<circle cx="8" cy="8" r="7" fill="currentColor"/><path d="m5.4 5.4 5.2 5.2m0-5.2-5.2 5.2" stroke="var(--card)" stroke-width="2" stroke-linecap="round"/>` },
  escalated: { word: 'escalated', shape: `<path d="M8 1.2 15.4 14.4H.6Z" fill="currentColor" stroke="currentColor" stroke-linejoin="round"/><path d="M8 5.6v4" stroke="var(--card)" stroke-width="1.9" stroke-linecap="round"/><circle cx="8" cy="12.1" r="1.1" fill="var(--card)"/>` },
  rejected: { word: 'rejected', shape: `<rect x="1.6" y="1.6" width="12.8" height="12.8" rx="1.5" ${STROKE}/><path d="m5 5 6 6m0-6-6 6" ${STROKE}/>` },
};

export const STATUSES = Object.keys(SIGNS) as readonly NodeStatus[];

export function wordOf(status: NodeStatus): string {
  return SIGNS[status].word;
}

/** The shapes, once in the page. */
export function signSymbols(): Html {
  const symbols = STATUSES.map((status) => `<symbol id="sign-${status}" viewBox="0 0 16 16">${SIGNS[status].shape}</symbol>`).join('');
  return { html: `<svg class="symbols" width="0" height="0" aria-hidden="true" focusable="false">${symbols}</svg>` };
}

/** Shape and word of a status, in its colour. */
export function statusSign(status: NodeStatus): Html {
  return html`<span class="status s-${status}"><svg class="sign" aria-hidden="true" focusable="false"><use href="#sign-${status}"/></svg>${wordOf(status)}</span>`;
}

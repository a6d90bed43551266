// @ts-check
// The page's script: search, filters, arrow keys, details, zoom, colours. It reads the page's own data and asks for nothing else.
(() => {
  const root = document.documentElement;
  root.classList.add('js');
  /** @param {string} id */
  const named = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
  /** @param {string} selector @returns {HTMLElement[]} */
  const all = (selector) => [...document.querySelectorAll(selector)].filter((one) => one instanceof HTMLElement);
  /** @type {{ nodes: { key: string, id: string, status: string, parent: string | null, isPhase: boolean, before: string[], after: string[], text: string }[], arrows: { from: string, to: string }[] }} */
  const data = JSON.parse(named('data').textContent ?? '');
  const byKey = new Map(data.nodes.map((node) => [node.key, node]));
  const live = named('live');

  // Colours.
  const choices = all('[data-theme-choice]');
  /** @param {string} choice */
  const setTheme = (choice) => {
    if (choice === 'auto') delete root.dataset.theme;
    else root.dataset.theme = choice;
    for (const button of choices) button.setAttribute('aria-pressed', String(button.dataset.themeChoice === choice));
    try {
      localStorage.setItem('treework-theme', choice);
    } catch {
      // Kept for this page alone where a browser keeps nothing.
    }
  };
  for (const button of choices) button.addEventListener('click', () => setTheme(button.dataset.themeChoice ?? 'auto'));
  try {
    const kept = localStorage.getItem('treework-theme');
    if (kept === 'light' || kept === 'dark') setTheme(kept);
  } catch {
    // As above.
  }

  // Size of the drawing.
  const canvas = named('canvas');
  const drawing = named('drawing');
  const width = Number.parseFloat(getComputedStyle(drawing).getPropertyValue('--w'));
  let zoom = 1;
  /** @param {number} wanted */
  const setZoom = (wanted) => {
    zoom = Math.min(2, Math.max(0.3, wanted));
    drawing.style.setProperty('--zoom', String(zoom));
  };
  const fitting = () => Math.min(1, (canvas.clientWidth - 2) / width);
  named('smaller').addEventListener('click', () => setZoom(zoom / 1.2));
  named('larger').addEventListener('click', () => setZoom(zoom * 1.2));
  named('fit').addEventListener('click', () => setZoom(fitting()));
  setZoom(Math.max(0.72, fitting()));

  // Cards: one is in the order of Tab, arrow keys go on from it.
  const cards = new Map(all('.cards > [data-key]').map((item) => [item.dataset.key ?? '', item]));
  /** @param {string} key */
  const linkOf = (key) => /** @type {HTMLAnchorElement | null} */ (cards.get(key)?.querySelector('a') ?? null);
  /** @param {string} key */
  const makeTabStop = (key) => {
    for (const [other] of cards) linkOf(other)?.setAttribute('tabindex', other === key ? '0' : '-1');
  };
  /** @param {string | undefined} key */
  const light = (key) => {
    for (const path of document.querySelectorAll('.arrow')) path.classList.toggle('lit', key !== undefined && (path.getAttribute('data-from') === key || path.getAttribute('data-to') === key));
  };
  const start = all('.card.current')[0]?.dataset.key ?? data.nodes.find(({ isPhase }) => !isPhase)?.key ?? data.nodes[0]?.key;
  if (start !== undefined) makeTabStop(start);

  /** What an arrow joins a node to; a phase stands for the arrows of what is in it, and the other way round. @param {string} key */
  const joined = (key) => {
    const node = byKey.get(key);
    if (!node) return [];
    const within = data.nodes.filter(({ parent }) => parent === key).map((one) => one.key);
    return [...node.before, ...node.after, ...within, ...(node.parent === null ? [] : [node.parent])];
  };
  /** @type {Record<string, [number, number]>} */
  const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  /** The nearest of these in a direction; what lies askew counts as farther. @param {string} from @param {Iterable<string>} keys @param {[number, number]} way */
  const nearest = (from, keys, [dx, dy]) => {
    const at = linkOf(from)?.getBoundingClientRect();
    let best;
    let least = Infinity;
    for (const key of keys) {
      const to = linkOf(key)?.getBoundingClientRect();
      if (!at || !to || key === from || cards.get(key)?.classList.contains('off')) continue;
      const [x, y] = [to.x + to.width / 2 - at.x - at.width / 2, to.y + to.height / 2 - at.y - at.height / 2];
      const ahead = x * dx + y * dy;
      const askew = Math.abs(x * dy) + Math.abs(y * dx);
      if (ahead < 8 || askew > ahead * 4) continue;
      if (ahead + 2 * askew < least) [least, best] = [ahead + 2 * askew, key];
    }
    return best;
  };
  canvas.addEventListener('keydown', (event) => {
    const from = event.target instanceof Element ? event.target.closest('[data-key]')?.getAttribute('data-key') : undefined;
    const way = ways[event.key];
    if (from === undefined || from === null || event.altKey || event.ctrlKey || event.metaKey) return;
    const keys = data.nodes.map(({ key }) => key);
    const to = way ? (nearest(from, joined(from), way) ?? nearest(from, cards.keys(), way)) : event.key === 'Home' ? keys[0] : event.key === 'End' ? keys.at(-1) : undefined;
    if (!way && event.key !== 'Home' && event.key !== 'End') return;
    event.preventDefault();
    if (to === undefined) return;
    makeTabStop(to);
    linkOf(to)?.focus();
    cards.get(to)?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  });
  canvas.addEventListener('focusin', (event) => {
    const key = event.target instanceof Element ? event.target.closest('[data-key]')?.getAttribute('data-key') : undefined;
    if (typeof key !== 'string') return;
    makeTabStop(key);
    light(key);
  });
  canvas.addEventListener('focusout', () => light(chosen));
  for (const [key, item] of cards) {
    item.addEventListener('pointerenter', () => light(key));
    item.addEventListener('pointerleave', () => light(chosen));
  }

  // Details.
  const panel = named('details');
  const page = named('page');
  const covering = matchMedia('(max-width: 75rem)');
  /** @type {string | undefined} */
  let chosen;
  /** @type {HTMLElement | null} */
  let opener = null;
  /** @param {string} key @param {HTMLElement | null} from */
  const open = (key, from) => {
    const detail = document.getElementById(`node-${key}`);
    if (!detail) return;
    if (!panel.contains(from)) opener = from;
    for (const one of all('.detail')) one.classList.toggle('open', one === detail);
    for (const [other, item] of cards) item.classList.toggle('chosen', other === key);
    panel.classList.add('open');
    document.body.classList.add('panel-open');
    page.inert = covering.matches && panel.clientWidth > innerWidth * 0.85;
    panel.scrollTop = 0;
    chosen = key;
    light(key);
    makeTabStop(key);
    // Only within the drawing: the page stays where it is.
    const [seen, box] = [canvas.getBoundingClientRect(), cards.get(key)?.getBoundingClientRect()];
    if (box) canvas.scrollBy({ left: Math.max(0, box.right + 12 - seen.right) + Math.min(0, box.left - 12 - seen.left), top: Math.max(0, box.bottom + 12 - seen.bottom) + Math.min(0, box.top - 12 - seen.top) });
    named(`name-${key}`).focus({ preventScroll: true });
    history.replaceState(null, '', `#node-${key}`);
  };
  const close = () => {
    if (chosen === undefined) return;
    const last = chosen;
    panel.classList.remove('open');
    document.body.classList.remove('panel-open');
    page.inert = false;
    cards.get(last)?.classList.remove('chosen');
    chosen = undefined;
    light(undefined);
    history.replaceState(null, '', location.pathname + location.search);
    (opener?.isConnected ? opener : linkOf(last))?.focus();
    opener = null;
  };
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('[data-open]') : null;
    if (!(link instanceof HTMLElement) || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(link.dataset.open ?? '', link);
  });
  named('close').addEventListener('click', close);

  // Search and filters.
  const search = /** @type {HTMLInputElement} */ (named('search'));
  const filters = all('[data-filter]');
  const rows = new Map(all('#node-table tbody tr').map((row) => [row.dataset.key ?? '', row]));
  const narrow = () => {
    const words = search.value.normalize('NFKC').toLowerCase().split(/\s+/).filter((word) => word !== '');
    const statuses = filters.filter((button) => button.getAttribute('aria-pressed') === 'true').map((button) => button.dataset.filter ?? '');
    const isAll = words.length === 0 && statuses.length === 0;
    const shown = new Set();
    for (const node of data.nodes) {
      const fits = (statuses.length === 0 || (!node.isPhase && statuses.includes(node.status))) && words.every((word) => node.text.includes(word));
      if (!isAll && !fits) continue;
      shown.add(node.key);
      for (let above = isAll ? null : node.parent; above !== null; above = byKey.get(above)?.parent ?? null) shown.add(above);
    }
    for (const [key, item] of cards) item.classList.toggle('off', !shown.has(key));
    for (const [key, row] of rows) row.hidden = !shown.has(key);
    for (const path of document.querySelectorAll('.arrow')) path.classList.toggle('off', !shown.has(path.getAttribute('data-from')) || !shown.has(path.getAttribute('data-to')));
    const leaves = data.nodes.filter(({ isPhase }) => !isPhase);
    live.textContent = isAll ? 'All nodes are shown' : `${leaves.filter(({ key }) => shown.has(key)).length} of ${leaves.length} nodes are shown`;
  };
  search.addEventListener('input', narrow);
  for (const button of filters) {
    button.addEventListener('click', () => {
      button.setAttribute('aria-pressed', String(button.getAttribute('aria-pressed') !== 'true'));
      narrow();
    });
  }
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      if (document.activeElement === search && search.value !== '') {
        search.value = '';
        narrow();
      } else close();
    } else if (event.key === '/' && !(event.target instanceof HTMLInputElement) && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      search.focus();
    }
  });

  const linked = decodeURIComponent(location.hash).replace(/^#node-/, '');
  if (location.hash.startsWith('#node-') && byKey.has(linked)) open(linked, null);
})();

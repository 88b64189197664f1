/**
 * The script that a report carries: it lets figures be enlarged and moved. Without it, or where scripts are not run,
 * every figure is there all the same. Plain JavaScript, allowed by its hash in the report's own policy.
 */
export const PAN_ZOOM_SCRIPT = `
for (const figure of document.querySelectorAll('figure')) {
  const svg = figure.querySelector('svg');
  const frame = svg.parentElement;
  const { x, y, width, height } = svg.viewBox.baseVal;
  let view = { x, y, w: width, h: height };
  const show = () => svg.setAttribute('viewBox', [view.x, view.y, view.w, view.h].join(' '));
  const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
  const move = (dx, dy) => {
    view.x = clamp(view.x + dx, x, x + width - view.w);
    view.y = clamp(view.y + dy, y, y + height - view.h);
    show();
  };
  const zoom = (factor, atX, atY) => {
    const scale = clamp((view.w / width) * factor, 1 / 40, 1);
    const w = width * scale;
    const h = height * scale;
    view = { x: view.x + (view.w - w) * atX, y: view.y + (view.h - h) * atY, w, h };
    move(0, 0);
  };
  const reset = () => {
    view = { x, y, w: width, h: height };
    show();
  };
  const bar = document.createElement('p');
  bar.className = 'zoom';
  for (const [label, sign, act] of [
    ['Enlarge', '+', () => zoom(1 / 1.6, 0.5, 0.5)],
    ['Make smaller', '\\u2212', () => zoom(1.6, 0.5, 0.5)],
    ['Show all', 'all', reset],
  ]) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = sign;
    button.setAttribute('aria-label', label);
    button.addEventListener('click', act);
    bar.append(button);
  }
  figure.prepend(bar);
  frame.addEventListener('keydown', (event) => {
    const step = view.w / 8;
    const acts = {
      '+': () => zoom(1 / 1.6, 0.5, 0.5),
      '=': () => zoom(1 / 1.6, 0.5, 0.5),
      '-': () => zoom(1.6, 0.5, 0.5),
      0: reset,
      ArrowLeft: () => move(-step, 0),
      ArrowRight: () => move(step, 0),
      ArrowUp: () => move(0, -step),
      ArrowDown: () => move(0, step),
    };
    const zoomed = view.w < width;
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in acts)) return;
    if (event.key.startsWith('Arrow') && !zoomed) return;
    event.preventDefault();
    acts[event.key]();
  });
  svg.addEventListener(
    'wheel',
    (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const box = svg.getBoundingClientRect();
      zoom(event.deltaY < 0 ? 1 / 1.25 : 1.25, (event.clientX - box.x) / box.width, (event.clientY - box.y) / box.height);
    },
    { passive: false },
  );
  svg.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || view.w >= width) return;
    let last = event;
    svg.setPointerCapture(event.pointerId);
    const drag = (now) => {
      const box = svg.getBoundingClientRect();
      move(((last.clientX - now.clientX) * view.w) / box.width, ((last.clientY - now.clientY) * view.h) / box.height);
      last = now;
    };
    svg.addEventListener('pointermove', drag);
    svg.addEventListener('lostpointercapture', () => svg.removeEventListener('pointermove', drag), { once: true });
  });
}
`;

/** SHA-256 of the script as a content security policy names it; test/report holds the two together. */
export const PAN_ZOOM_HASH = 'sha256-ziZXKPPaI38AGIFGTBR0vu5mYQVeM18av7WQPC5FhG0=';
